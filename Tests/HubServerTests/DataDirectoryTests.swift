import Capsules
import Foundation
import Glibc
import Objects
import TestSupport
import Testing

@testable import HubServer

/// Making, opening and locking a data directory.
@Suite struct DataDirectoryTests {
    @Test func isMadeOnceAndIsPrivate() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("a/b/data")
        try await DataDirectory.create(at: path + "/") { try AccountDatabase($0).close() }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        let again = await #expect(throws: AmxError.self) { try await DataDirectory.create(at: path) { _ in } }
        #expect(again?.code == .conflict)
        #expect(again?.message.contains("data directory already") == true)
        #expect(try DataDirectory(existing: path).path == path)
    }

    @Test func fillsAnEmptyDirectoryAndLeavesOthersAlone() async throws {
        let folder = try TemporaryDirectory()
        mkdir(folder.appending("empty"), 0o755)
        try await DataDirectory.create(at: folder.appending("empty")) { try AccountDatabase($0).close() }
        _ = try DataDirectory(existing: folder.appending("empty"))
        try folder.write("full/file", text: "mine")
        await #expect(throws: AmxError.self) { try await DataDirectory.create(at: folder.appending("full")) { _ in } }
        #expect(try folder.read("full/file") == Array("mine".utf8))
    }

    @Test func leavesNothingWhenItCannotBeFilled() async throws {
        let folder = try TemporaryDirectory()
        await #expect(throws: TestFailure.self) {
            try await DataDirectory.create(at: folder.appending("data")) { _ in throw TestFailure(description: "no") }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func refusesWhatIsNoneOrOpenToOthers() async throws {
        let folder = try TemporaryDirectory()
        #expect(throws: AmxError.self) { try DataDirectory(existing: folder.appending("missing")) }
        #expect(throws: AmxError.self) { try DataDirectory(existing: folder.path) }
        let path = folder.appending("data")
        try await DataDirectory.create(at: path) { try AccountDatabase($0).close() }
        chmod(path, 0o750)
        let error = #expect(throws: AmxError.self) { try DataDirectory(existing: path) }
        #expect(error?.hint == "run `chmod 700 \(path)`")
    }

    @Test func servesOneProcessAtATime() async throws {
        try await ServedHub.run { hub in
            let error = #expect(throws: AmxError.self) { _ = try hub.directory.lock() }
            #expect(error?.code == .conflict)
        }
    }

    @Test(arguments: [
        ("acme", "demo", true), ("acme", "demo.git", true), ("acme", "com.example.refunds.git", true),
        ("acme", "demo.git.git", false), ("acme", "..", false), ("acme", ".git", false), ("..", "demo", false),
        ("acme", "Demo", false), ("ACME", "demo", false), ("api", "demo", false), ("healthz", "demo", false),
        ("acme", "de%6do", false), ("acme", "a/b", false), ("acme", "", false), ("", "demo", false),
        ("acme", "demo\0", false), ("acme", "dèmo", false), ("acme", "con", false), ("acme", "a..b", false),
    ])
    func readsAddressesByTheRulesOfNames(owner: String, name: String, isValid: Bool) {
        #expect((CapsuleAddress(ownerSegment: owner[...], nameSegment: name[...]) != nil) == isValid)
    }

    @Test(arguments: [
        ("127.0.0.1:3003", "127.0.0.1", 3003), ("[::1]:0", "::1", 0), ("hub.example:80", "hub.example", 80),
    ])
    func readsListenAddresses(text: String, host: String, port: Int) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test(arguments: [
        "", "3003", ":3003", "localhost", "localhost:", "localhost:70000", "localhost:-1", "::1:80", "a:+1",
    ])
    func refusesOtherListenAddresses(text: String) {
        #expect(throws: AmxError.self) { try ListenAddress(parsing: text) }
    }
}
