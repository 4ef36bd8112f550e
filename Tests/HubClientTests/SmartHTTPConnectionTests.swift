import Foundation
import Objects
import TestSupport
import Testing
import Wire

@testable import HubClient

@Suite struct SmartHTTPConnectionTests {
    private let folder: TemporaryDirectory
    private let store: CredentialStore

    init() throws {
        folder = try TemporaryDirectory()
        store = CredentialStore(path: folder.appending("credentials"))
    }

    private func connection(_ text: String, token: String? = nil) throws -> SmartHTTPConnection {
        try SmartHTTPConnection(
            session: HTTPSession(), credentials: CredentialSource(store: store, token: token),
            address: WebAddress(parsing: text))
    }

    private func peer(_ answers: String) throws -> PeerServer {
        try PeerServer(script: PeerServer.scripted, arguments: [answers])
    }

    private func discover(_ connection: SmartHTTPConnection) throws -> String {
        var body: [UInt8] = []
        try connection.discover(.uploadPack, version: .v2) { body += Array($0) }
        return String(decoding: body, as: UTF8.self)
    }

    private func error(_ body: () throws -> Void) -> AmxError? {
        do {
            try body()
            return nil
        } catch {
            return error as? AmxError
        }
    }

    private static let good = "200 application/x-git-upload-pack-advertisement refs"

    @Test func asksForVersionTwoWithTheOriginsToken() throws {
        let peer = try peer(Self.good)
        let address = "http://127.0.0.1:\(peer.port)/acme/kit.git"
        try store.store(Credential(token: "right"), for: WebAddress(parsing: address).origin)
        try store.store(Credential(token: "wrong"), for: WebAddress(parsing: "http://127.0.0.1:1").origin)
        #expect(try discover(connection(address)) == "refs")
        let basic = Data("amx:right".utf8).base64EncodedString()
        #expect(
            try peer.requests() == ["GET /acme/kit.git/info/refs?service=git-upload-pack version=2 Basic \(basic)"])
    }

    @Test func aRedirectOfTheWholeRepositoryIsFollowedWithoutTheToken() throws {
        let both = "\(Self.good)|200 application/x-git-upload-pack-result pack"
        let target = try peer("\(both)|\(both)")
        let moved = "http://127.0.0.1:\(target.port)/new/kit.git"
        let first = try peer("301 - \(moved)/info/refs?service=git-upload-pack")
        let origin = try WebAddress(parsing: "http://127.0.0.1:\(first.port)").origin
        try store.store(Credential(token: "secret"), for: origin)
        for token in [nil, "environment"] {
            let connection = try connection("\(origin)/kit.git", token: token)
            #expect(try discover(connection) == "refs")
            #expect(connection.address.text == moved)
            try connection.post(.uploadPack, version: .v2, body: [0x30]) { _ in }
        }
        #expect(try first.requests().allSatisfy { $0.contains(" Basic ") })
        #expect(try target.requests().count == 4)
        #expect(try target.requests().allSatisfy { $0.hasSuffix(" -") })
    }

    @Test func aRedirectWithinTheOriginKeepsTheToken() throws {
        let peer = try peer("302 - /b.git/info/refs?service=git-upload-pack|\(Self.good)")
        let connection = try connection("http://127.0.0.1:\(peer.port)/a.git", token: "secret")
        #expect(try discover(connection) == "refs")
        #expect(connection.address.path == "/b.git")
        #expect(try peer.requests().allSatisfy { $0.contains(" Basic ") })
    }

    @Test(arguments: [
        "http://127.0.0.1:1/login", "/login?next=/info/refs", "//evil.example/a.git/info/refs?service=git-upload-pack",
        "file:///etc/passwd", "http://u:p@h/a.git/info/refs?service=git-upload-pack", "",
        "http://h/a.git/info/refs?service=git-receive-pack", "https://h/a.git/../b/info/refs?service=git-upload-pack",
    ])
    func otherRedirectsAreRefused(location: String) throws {
        let peer = try peer("302 - \(location)")
        let failure = error { _ = try discover(connection("http://127.0.0.1:\(peer.port)/a.git", token: "secret")) }
        #expect(failure?.code == .network)
        #expect(failure?.message.contains("redirect") == true && failure?.message.contains("u:p") == false)
        #expect(try peer.requests().count == 1)
    }

    @Test func redirectsEnd() throws {
        let peer = try peer("302 - /a.git/info/refs?service=git-upload-pack")
        #expect(error { _ = try discover(connection("http://127.0.0.1:\(peer.port)/a.git")) }?.code == .network)
        #expect(try peer.requests().count == 6)
    }

    @Test func aPostIsNotRedirected() throws {
        let peer = try peer("307 - http://127.0.0.1:1/a.git/git-upload-pack")
        let connection = try connection("http://127.0.0.1:\(peer.port)/a.git", token: "secret")
        let failure = error { try connection.post(.uploadPack, version: .v2, body: [0x30]) { _ in } }
        #expect(failure?.code == .network && failure?.message.contains("redirect") == true)
        #expect(try peer.requests().count == 1)
    }

    @Test(
        arguments: [
            ("401 text/plain no", nil, AmxError.Code.authentication, "asks for a token", "amx login http://127.0.0.1"),
            (
                "401 text/plain expired", "t", .authentication, "refused the token: expired",
                "amx login http://127.0.0.1"
            ),
            ("403 text/plain read only", "t", .authentication, "does not allow it: read only", "has the right"),
            ("404 text/plain", "t", .notFound, "cannot find http://127.0.0.1", "host, owner and name"),
            ("404 text/plain", nil, .notFound, "cannot find http://127.0.0.1", "amx login"),
            ("500 text/html <b>oops</b>", nil, .network, "status 500", ""),
            ("503 text/plain", nil, .network, "is busy", "later"),
            ("413 text/plain", nil, .failure, "larger than", ""),
            (
                "403 application/json {\"error\":{\"code\":\"denied\",\"message\":\"not\\nhere\",\"hint\":\"ask\"}}",
                "t", .denied,
                ": not here", "ask"
            ),
            (
                "403 application/json {\"error\":{\"message\":\"no right\"}}", "t", .authentication, "no right",
                "has the right"
            ),
            ("403 application/json {broken", "t", .authentication, "does not allow it", ""),
            (
                "409 application/json {\"error\":{\"message\":\"taken\",\"hint\":\"wait\"}}", "t", .conflict, ": taken",
                "wait"
            ),
            ("200 text/html <html>", nil, .notFound, "not as a git repository", "check the address"),
            ("200 application/x-git-receive-pack-advertisement x", nil, .notFound, "not as a git repository", ""),
            ("200 - x", nil, .notFound, "no media type", ""),
        ] as [(String, String?, AmxError.Code, String, String)])
    func answersOtherThanASuccessAreExplained(
        answer: String, token: String?, code: AmxError.Code, message: String, hint: String
    ) throws {
        let peer = try peer(answer)
        let failure = error { _ = try discover(connection("http://127.0.0.1:\(peer.port)/kit.git", token: token)) }
        #expect(failure?.code == code)
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
        #expect(hint.isEmpty || failure?.hint?.contains(hint) == true, "\(failure?.hint ?? "")")
    }

    @Test func controlCharactersOfTheServerAreNotShown() throws {
        let peer = try peer("403 text/plain a\u{1B}[31mb")
        let failure = error { _ = try discover(connection("http://127.0.0.1:\(peer.port)/kit.git")) }
        #expect(failure?.message.hasSuffix("a?[31mb") == true)
    }

    @Test func theResultsMediaTypeIsChecked() throws {
        let peer = try peer("200 text/html pack")
        let connection = try connection("http://127.0.0.1:\(peer.port)/kit.git")
        #expect(error { try connection.post(.uploadPack, version: .v2, body: [0x30]) { _ in } }?.code == .network)
    }
}
