import ArgumentParser
import Foundation
import HubServer
import Objects

/// `--data DIR`, which every command takes.
struct DataOption: ParsableArguments {
    @Option(name: .customLong("data"), help: "The hub's data directory; by default the value of AMX_HUB_DATA.")
    var path: String?

    /// The path as given.
    func resolved() throws -> String {
        if let path = path ?? ProcessInfo.processInfo.environment["AMX_HUB_DATA"], !path.isEmpty { return path }
        throw AmxError(
            .usage, "no data directory is named", hint: "give --data DIR, or set the environment variable AMX_HUB_DATA")
    }

    /// The existing data directory.
    func directory() throws -> DataDirectory {
        try DataDirectory(existing: resolved())
    }

    /// Runs `body` on the accounts of the existing data directory.
    func withAccounts<Result>(_ body: (AccountDatabase) async throws -> Result) async throws -> Result {
        let accounts = try AccountDatabase(directory())
        do {
            let result = try await body(accounts)
            try accounts.close()
            return result
        } catch {
            try? accounts.close()
            throw error
        }
    }
}
