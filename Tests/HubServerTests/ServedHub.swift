import Capsules
import Foundation
import HubServer
import Logging
import Objects
import TestSupport

/// A hub of this process on a free port, with two owners, `acme` and `globex`.
struct ServedHub: Sendable {
    let url: String
    let directory: DataDirectory
    let accounts: AccountDatabase
    /// All rights of acme.
    let admin: String

    /// Starts a hub, runs `body` on it, and stops it.
    ///
    /// The limits are the standard ones where `configure` doesn't change them. A few run at once, on threads that no
    /// other tests hold. Returns how long it took to stop.
    @discardableResult
    static func run(
        configure: (inout HubConfiguration) -> Void = { _ in }, _ body: (ServedHub) async throws -> Void
    ) async throws -> Duration {
        var stop = Duration.zero
        try await HubTurns.shared.take {
            stop = try await withTaskExecutorPreference(TestThreads.servers) { try await serve(configure, body) }
        }
        return stop
    }

    private static func serve(
        _ configure: (inout HubConfiguration) -> Void, _ body: (ServedHub) async throws -> Void
    ) async throws -> Duration {
        let folder = try TemporaryDirectory("amx-hub")
        let secret = try await DataDirectory.create(at: folder.appending("data")) { directory in
            let accounts = try AccountDatabase(directory)
            try await accounts.addOwner(OwnerName("acme"))
            try await accounts.addOwner(OwnerName("globex"))
            let (_, secret) = try await accounts.createToken(owner: OwnerName("acme"), rights: .all, expires: nil)
            try accounts.close()
            return secret
        }
        let directory = try DataDirectory(existing: folder.appending("data"))
        var configuration = HubConfiguration(listen: try ListenAddress(parsing: "127.0.0.1:0"), version: "test")
        configure(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let hub = try Hub(directory, configuration, logger: logger)
        let (urls, urlSource) = AsyncStream<String>.makeStream()
        let serving = Task(executorPreference: TestThreads.servers) {
            defer { urlSource.finish() }
            try await hub.run { urlSource.yield($0) }
        }
        defer { serving.cancel() }
        var iterator = urls.makeAsyncIterator()
        guard let url = await iterator.next() else {
            try await serving.value
            throw TestFailure(description: "the hub ended before it was ready")
        }
        let served = ServedHub(
            url: url, directory: directory, accounts: try AccountDatabase(directory), admin: secret.text)
        try await body(served)
        let start = ContinuousClock.now
        serving.cancel()
        _ = await serving.result
        let stop = start.duration(to: .now)
        withExtendedLifetime(folder) {}
        return stop
    }

    /// A new token.
    func token(_ owner: String, _ rights: String, expires: Date? = nil) async throws -> (id: String, text: String) {
        let (token, secret) = try await accounts.createToken(
            owner: OwnerName(owner), rights: AccessRights(parsing: rights), expires: expires)
        return (token.id, secret.text)
    }

    /// A repository's URL with a token in it; the admin's when none is given.
    func remote(_ path: String, token: String? = nil) -> String {
        "\(url.replacingOccurrences(of: "http://", with: "http://any:\(token ?? admin)@"))/\(path)"
    }

    /// The folder of a repository.
    func repository(_ path: String) -> String { "\(directory.path)/store/\(path).git" }

    /// What lies about in the data directory that a finished or failed push should have removed.
    func leftovers() throws -> [String] {
        var result = try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/incoming")
        let store = FileManager.default.enumerator(atPath: "\(directory.path)/store")
        while let path = store?.nextObject() as? String { if path.contains("incoming-") { result.append(path) } }
        return result
    }
}
