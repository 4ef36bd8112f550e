import Capsules
import Foundation
import HubClient
import Objects
import TestSupport
import Testing
import Versions

/// Withdrawing a release by a client.
@Suite struct YankRequestTests {
    private let folder: TemporaryDirectory
    private let peer: PeerServer

    init() throws {
        folder = try TemporaryDirectory("amx-yank")
        peer = try PeerServer(script: PeerServer.registry)
    }

    private func send(_ id: String, undo: Bool = false, reason: String? = nil, place: String? = nil) throws
        -> YankRequest.Outcome
    {
        let place = try RemoteURL(parsing: place ?? "http://127.0.0.1:\(peer.port)/acme", relativeTo: "/")
        let request = try YankRequest(CapsuleID(id), SemanticVersion(parsing: "1.0.0+b"), at: place)
        let credentials = CredentialSource(store: CredentialStore(path: folder.appending("credentials")), token: "t")
        let session = try HTTPSession()
        return try undo
            ? request.undo(session: session, credentials: credentials)
            : request.yank(reason: reason, session: session, credentials: credentials)
    }

    @Test func asks() throws {
        let yanked = try send("refunds", reason: "why \"not\"")
        #expect(yanked.changed && yanked.yank == Yank(time: 1_795_255_200, reason: "a?b"))
        #expect(try send("refunds", undo: true).yank == nil)
        _ = try send("refunds")
        let path = "/api/v1/owners/acme/capsules/refunds/releases/1.0.0+b/yank - Basic YW14OnQ="
        #expect(
            try peer.requests().map { $0.split(separator: " ", maxSplits: 1)[1] } == [
                "PUT \(path) {\"reason\":\"why \\\"not\\\"\"}", "DELETE \(path) -", "PUT \(path) {}",
            ])
    }

    @Test(
        arguments: [
            ("missing", nil, AmxError.Code.notFound, "there is no release 1.0.0 of acme/missing"),
            ("forbidden", nil, .authentication, "not yours"), ("html", nil, .failure, "is not a hub"),
            ("odd", nil, .failure, "is not a hub"), ("x", "/srv/capsules", .failure, "/srv/capsules is not a hub"),
            ("x", "http://127.0.0.1:1", .failure, "is not a hub"),
            ("x", "http://127.0.0.1:1/acme", .network, "cannot reach"),
        ] as [(String, String?, AmxError.Code, String)]) func explains(
            id: String, place: String?, code: AmxError.Code, words: String
        ) throws
    {
        let error = try #require(throws: AmxError.self) { try send(id, place: place) }
        #expect(error.code == code && error.message.contains(words), "\(error)")
        #expect(error.hint?.contains("\u{7}") == false)
    }
}
