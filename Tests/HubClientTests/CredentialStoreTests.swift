import Foundation
import HubClient
import Objects
import TestSupport
import Testing

@Suite struct CredentialStoreTests {
    private let folder: TemporaryDirectory
    private let store: CredentialStore
    private let hub: Origin

    init() throws {
        folder = try TemporaryDirectory()
        store = CredentialStore(path: folder.appending("config/amx/credentials"))
        hub = try WebAddress(parsing: "https://hub.example").origin
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func storesFindsAndErases() throws {
        #expect(try store.find(hub) == nil)
        #expect(try !store.erase(hub))
        let first = try Credential(token: "one")
        let other = try WebAddress(parsing: "https://hub.example:8443").origin
        try store.store(first, for: hub)
        try store.store(Credential(user: "me", token: "two"), for: other)
        try store.store(Credential(token: "three"), for: hub)
        #expect(try store.find(hub)?.token == "three")
        #expect(try store.find(other) == Credential(user: "me", token: "two"))
        #expect(try store.find(WebAddress(parsing: "http://hub.example").origin) == nil)
        #expect(try store.addresses() == ["https://hub.example", "https://hub.example:8443"])
        #expect(try store.erase(hub))
        #expect(try store.find(hub) == nil)
        #expect(try store.find(other) != nil)
    }

    @Test func theFileIsClosedToOthers() async throws {
        // In a process of its own: what other tests make meanwhile would be open to everybody.
        await #expect(processExitsWith: .success) { [path = store.path as String] in
            umask(0)
            let hub = try WebAddress(parsing: "https://hub.example").origin
            try CredentialStore(path: path).store(Credential(token: "one"), for: hub)
        }
        #expect(try mode(store.path) == 0o600)
        #expect(try mode(folder.appending("config/amx")) == 0o700)
    }

    @Test(arguments: [0o604, 0o640, 0o620, 0o602, 0o644, 0o666])
    func aFileThatOthersMayReadOrWriteIsRefused(mode: Int) throws {
        try store.store(Credential(token: "one"), for: hub)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: store.path)
        #expect {
            try store.find(hub)
        } throws: {
            ($0 as? AmxError)?.hint?.contains("chmod 600 \(store.path)") == true
        }
        #expect(throws: AmxError.self) { try store.store(Credential(token: "two"), for: hub) }
        #expect(try folder.read("config/amx/credentials").contains(Array("one".utf8)))
    }

    @Test func whatIsNotAFileIsRefused() throws {
        try FileManager.default.createDirectory(atPath: store.path, withIntermediateDirectories: true)
        #expect(throws: AmxError.self) { try store.find(hub) }
        try FileManager.default.removeItem(atPath: store.path)
        #expect(mkfifo(store.path, 0o600) == 0)
        #expect(throws: AmxError.self) { try store.find(hub) }
    }

    @Test func aLinkedFileStaysLinked() throws {
        let real = try folder.write("dotfiles/credentials", text: "# mine\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: real)
        try FileManager.default.createDirectory(
            atPath: folder.appending("config/amx"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: store.path, withDestinationPath: real)
        try store.store(Credential(token: "one"), for: hub)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: store.path) == real)
        #expect(try store.find(hub)?.token == "one")
    }

    @Test(arguments: [
        "https://hub.example secret-token", "https://hub.example  secret-token x",
        "https://hub.example/a/../b a secret-token",
        "nonsense", "https://hub.example u:v secret-token", "https://hub.example u secret-token extra",
    ])
    func aBrokenLineIsNamedButNotShown(line: String) throws {
        try folder.write("config/amx/credentials", text: "# one\n\n\(line)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: store.path)
        #expect {
            try store.find(hub)
        } throws: {
            let message = ($0 as? AmxError)?.message ?? ""
            return message.contains("line 3") && !message.contains("secret")
        }
    }

    @Test func unencryptedOriginsGetNothing() throws {
        let plain = try WebAddress(parsing: "http://hub.example/acme")
        #expect { try store.store(Credential(token: "one"), for: plain.origin) } throws: {
            ($0 as? AmxError)?.code == .denied
        }
        let source = CredentialSource(store: store, token: "from-environment")
        #expect(try source.credential(for: plain.origin, of: plain) == nil)
        let local = try WebAddress(parsing: "http://127.0.0.1:3003/acme")
        #expect(try source.credential(for: local.origin, of: local)?.token == "from-environment")
    }

    @Test func theEnvironmentsTokenStaysWithTheAddressedOrigin() throws {
        let address = try WebAddress(parsing: "https://me@hub.example/acme")
        let other = try WebAddress(parsing: "https://other.example").origin
        try store.store(Credential(token: "stored"), for: hub)
        let source = CredentialSource(store: store, token: "environment")
        #expect(try source.credential(for: hub, of: address) == Credential(user: "me", token: "environment"))
        #expect(try source.credential(for: other, of: address) == nil)
        try store.store(Credential(token: "others"), for: other)
        #expect(try source.credential(for: other, of: address)?.token == "others")
        #expect(
            try CredentialSource(store: store).credential(for: hub, of: address)
                == Credential(user: "me", token: "stored"))
    }

    @Test func aFoldersTokenComesBeforeTheOriginsAndGoesNowhereElse() throws {
        try store.store(Credential(token: "whole"), for: hub)
        try store.store(Credential(token: "beta"), for: hub, path: "/beta")
        try store.store(Credential(token: "deep"), for: hub, path: "/beta/deep")
        let cases = [
            ("", "whole"), ("/acme", "whole"), ("/acme/demo.git", "whole"), ("/betamax/demo.git", "whole"),
            ("/beta", "beta"), ("/beta/demo.git", "beta"), ("/Beta/demo.git", "whole"), ("/beta/deep/x.git", "deep"),
        ]
        for (path, token) in cases { #expect(try store.find(hub, path: path)?.token == token, "\(path)") }
        let source = CredentialSource(store: store)
        let address = try WebAddress(parsing: "https://hub.example/beta/demo.git")
        #expect(try source.credential(for: hub, of: address)?.token == "beta")
        // Where a redirect leads, the address that was given says nothing.
        let elsewhere = try WebAddress(parsing: "https://elsewhere.example/beta/demo.git")
        #expect(try source.credential(for: hub, of: elsewhere)?.token == "whole")
        #expect(try store.erase(hub))
        #expect(try !store.erase(hub))
        #expect(try store.find(hub, path: "/acme") == nil)
        #expect(try source.credential(for: hub, of: elsewhere) == nil)
        #expect(try store.find(hub, path: "/beta")?.token == "beta")
        #expect(try store.erase(hub, path: "/beta/deep"))
        #expect(try store.find(hub, path: "/beta/deep/x.git")?.token == "beta")
    }

    @Test func tokensDoNotShow() throws {
        let credential = try Credential(token: "secret")
        var dumped = ""
        dump(credential, to: &dumped)
        #expect(!"\(credential) \(String(reflecting: credential)) \(dumped)".contains("secret"))
    }

    @Test(arguments: ["", "a b", "a\nb", "a\u{7F}", "é", String(repeating: "x", count: 4097)])
    func unusableTokensAreRefused(token: String) {
        #expect { try Credential(token: token) } throws: { ($0 as? AmxError)?.code == .usage }
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{FF}\u{0}~?"])
    func basicAuthorizationIsBase64(token: String) throws {
        let bytes = Array("amx:x\(token)".utf8)
        guard bytes.allSatisfy({ 0x21...0x7E ~= $0 }) else { return }
        let expected = Data(bytes).base64EncodedString()
        #expect(try Credential(token: "x\(token)").authorization == "Basic \(expected)")
    }

    @Test func twoLoginsAtOnceBothHold() async throws {
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let origin = try WebAddress(parsing: "https://h\(index).example").origin
                    try store.store(Credential(token: "t\(index)"), for: origin)
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.addresses().count == 8)
    }

    @Test func theFilesPlaceFollowsXDG() throws {
        #expect(try CredentialStore { ["HOME": "/h", "XDG_CONFIG_HOME": "/x"][$0] }.path == "/x/amx/credentials")
        #expect(
            try CredentialStore { ["HOME": "/h", "XDG_CONFIG_HOME": "x"][$0] }.path == "/h/.config/amx/credentials")
        #expect(throws: AmxError.self) { try CredentialStore { _ in nil } }
    }
}
