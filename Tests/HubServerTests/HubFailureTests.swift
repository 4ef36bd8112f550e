import Foundation
import Logging
import Objects
import TestSupport
import Testing

@testable import HubServer

/// What a client learns when the hub itself fails: never where its data lie.
@Suite struct HubFailureTests {
    /// Damage that no request is to blame for.
    private static let damages: [(name: String, break: @Sendable (String) throws -> Void)] = [
        ("torn refs", { try Data("torn".utf8).write(to: URL(fileURLWithPath: "\($0)/packed-refs")) }),
        (
            "borrowed objects",
            {
                let folder = "\($0)/objects/info"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try Data("/tmp\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/alternates"))
            }
        ),
        ("no HEAD", { try FileManager.default.removeItem(atPath: "\($0)/HEAD") }),
    ]

    @Test(arguments: damages.indices) func tellsNoPath(index: Int) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            let remote = hub.remote("acme/demo.git")
            try await work.git("push", "--quiet", remote, "main")
            let head = try await work.git("rev-parse", "HEAD")
            try Self.damages[index].break(hub.repository("acme/demo"))
            let name = Self.damages[index].name
            for arguments in [["ls-remote", remote], ["push", remote, "main:side"]] {
                let outcome = try await Offload.git(arguments, in: work.path)
                #expect(outcome.status == 128, "\(name)")
                #expect(
                    outcome.errors.contains("remote: internal error: the hub failed"), "\(outcome.errors)")
                #expect(outcome.errors.contains("remote: hint: try again later"), "\(name)")
                #expect(!outcome.errors.contains(hub.directory.path), "\(name): \(outcome.errors)")
            }
            // The same, told inside the protocol.
            for body in [
                "0014command=ls-refs\n0000", "0011command=fetch00010032want \(head)\n0009done\n0000",
            ] {
                let answer = try await HTTPProbe.request(
                    hub.url, "POST", "/acme/demo.git/git-upload-pack",
                    headers: [
                        "Authorization: Bearer \(hub.admin)", "Git-Protocol: version=2",
                        "Content-Type: application/x-git-upload-pack-request",
                    ], body: Array(body.utf8))
                #expect(answer.status == 200)
                #expect(!answer.text.contains(hub.directory.path), "\(name): \(answer.text)")
                if name != "torn refs" || body.contains("ls-refs") {
                    #expect(answer.text.contains("ERR internal error: the hub failed"), "\(answer.text)")
                }
            }
        }
    }

    /// A system's error has the code of what is not found, and is none of the client's.
    @Test func keepsSystemErrorsOfTheJSONInterface() async throws {
        try await ServedHub.run { hub in
            let store = "\(hub.directory.path)/store/acme"
            try Data().write(to: URL(fileURLWithPath: store))
            for listing in ["capsules", "refs"] {
                let answer = try await HTTPProbe.request(
                    hub.url, "GET", "/api/v1/owners/acme/\(listing)", headers: ["Authorization: Bearer \(hub.admin)"])
                #expect(answer.status == 500)
                #expect(answer.text.contains("\"code\":\"failure\""))
                #expect(answer.text.contains("\"message\":\"internal error: the hub failed"))
                #expect(!answer.text.contains(hub.directory.path), "\(answer.text)")
            }
        }
    }

    @Test func knowsItsDataBehindALink() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        try await DataDirectory.create(at: folder.appending("real")) { try AccountDatabase($0).close() }
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending("link"), withDestinationPath: folder.appending("real"))
        let failure = HubFailure(try DataDirectory(existing: folder.appending("link")))
        var logger = Logger(label: "test") { _ in JSONLogHandler() }
        logger.logLevel = .critical
        logger[metadataKey: "request_id"] = "7c1e"
        for path in ["link", "real"] {
            let error = AmxError(.notFound, "cannot read \(folder.appending(path))/store/a")
            for work in [HubFailure.Work.push, .reading] {
                let told = failure.told(error, logger, for: work)
                #expect(told.code == .network && told.message.hasPrefix("internal error: the hub failed"))
                #expect(told.message.hasSuffix(" (request 7c1e)"))
            }
        }
        let other = AmxError(.failure, "cannot take the pack: it is damaged")
        #expect(failure.told(other, logger, for: .push).message == other.message)
    }

    /// A capsule's own paths may end, or go on, as the data directory's does.
    @Test func knowsItsDataFromACapsulesPath() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        let data = folder.appending("data")
        try await DataDirectory.create(at: data) { try AccountDatabase($0).close() }
        let failure = HubFailure(try DataDirectory(existing: data))
        for (text, isOwn) in [
            (data, true), ("\(data)/store/a", true), ("cannot open \(data): no", true), ("in '\(data)'", true),
            ("(\(data)/hub.sqlite)", true), ("knowledge\(data)/con.md", false), (".\(data)", false),
            ("\(data)set/con.md", false), ("\(data).md", false), ("\(data)-2", false), ("/\(data)", false),
        ] {
            #expect(failure.isOwn(AmxError(.failure, text)) == isOwn, "\(text)")
        }
    }
}
