import Foundation
import Objects
import TestSupport
import Testing

@testable import HubClient

/// The user's `.netrc`, as far as a password may come from there.
struct NetrcTests {
    private let folder: TemporaryDirectory
    private let hub: WebAddress

    init() throws {
        folder = try TemporaryDirectory()
        hub = try WebAddress(parsing: "https://hub.example/acme")
    }

    private func find(_ text: String, user: String? = nil, host: String = "hub.example", mode: Int = 0o600) throws
        -> Credential?
    {
        let path = try folder.write(".netrc", text: text)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return try Netrc { $0 == "HOME" ? folder.path : nil }?.find(host: host, user: user)
    }

    @Test(arguments: [
        ("machine hub.example login me password secret", "me:secret"),
        ("machine hub.example\n\tlogin me\n\tpassword secret\n", "me:secret"),
        ("machine HUB.example password secret", "amx:secret"),
        ("machine other password no\nmachine hub.example login a password b", "a:b"),
        ("machine hub.example login a\nmachine hub.example login b password c", "b:c"),
        ("machine hub.example login \"a b\" password \"c \\\"d\\\\ e\"", "a b:c \"d\\ e"),
        ("# machine hub.example password no\nmachine hub.example password yes # no", "amx:yes"),
        ("macdef init\nmachine hub.example password no\n\nmachine hub.example password yes", "amx:yes"),
        ("machine hub.example account x login me password p", "me:p"),
    ])
    func entriesAreFound(text: String, expected: String) throws {
        let found = try #require(try find(text))
        #expect("\(found.user):\(found.token)" == expected)
    }

    @Test(arguments: [
        "", "machine", "machine hub.example", "machine hub.example login me", "default login me password secret",
        "machine hub.example.evil password secret", "machine example password secret",
        "machine other login me password x default login a password b", "password secret machine hub.example",
        "macdef x\nmachine hub.example password secret",
    ])
    func nothingElseIsAnEntry(text: String) throws { #expect(try find(text) == nil) }

    @Test func aNamedUserMustMatch() throws {
        let text = "machine hub.example login a password one\nmachine hub.example login b password two"
        #expect(try find(text, user: "b")?.token == "two")
        #expect(try find(text, user: "c") == nil)
        #expect(try find("machine ::1 password six", host: "[::1]")?.token == "six")
    }

    @Test(arguments: [0o644, 0o640, 0o602])
    func aFileThatOthersMayReadIsRefusedWhereItCounts(mode: Int) throws {
        let text = "machine hub.example password secret"
        #expect {
            _ = try find(text, mode: mode)
        } throws: {
            let error = $0 as? AmxError
            return error?.hint?.contains("chmod 600") == true && error?.message.contains("secret") == false
        }
        #expect(try find(text, host: "other.example", mode: mode) == nil)
    }

    @Test func passwordsGoToTheAddressedOriginOnly() throws {
        let path = try folder.write(
            "elsewhere", text: "machine hub.example password secret\nmachine 127.0.0.1 password p")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let source = try CredentialSource { ["HOME": folder.path, "NETRC": path][$0] }
        #expect(try source.credential(for: hub.origin, of: hub)?.token == "secret")
        // Not in the clear, and not where an address redirects to.
        let plain = try WebAddress(parsing: "http://hub.example/acme")
        #expect(try source.credential(for: plain.origin, of: plain) == nil)
        let other = try WebAddress(parsing: "https://other.example/acme")
        #expect(try source.credential(for: hub.origin, of: other) == nil)
        let local = try WebAddress(parsing: "http://127.0.0.1:8080/acme")
        #expect(try source.credential(for: local.origin, of: local)?.token == "p")
        // A stored token comes first.
        try source.store.store(Credential(token: "stored"), for: hub.origin)
        #expect(try source.credential(for: hub.origin, of: hub)?.token == "stored")
        let token = try CredentialSource { ["HOME": folder.path, "NETRC": path, "AMX_TOKEN": "first"][$0] }
        #expect(try token.credential(for: hub.origin, of: hub)?.token == "first")
    }
}
