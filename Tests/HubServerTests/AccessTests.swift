import Capsules
import Foundation
import TestSupport
import Testing

@testable import HubServer

/// Who gets what: the decision table, and the same over HTTP.
@Suite struct AccessTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let holder: String?
        let rights: String
        let owner: String
        let wish: AccessRights
        let closed: AccessPolicy.Decision
        let open: AccessPolicy.Decision
        var testDescription: String { "\(holder ?? "anonymous") \(rights) wants \(wish.names) of \(owner)" }
    }

    @Test(arguments: [
        Case(holder: nil, rights: "", owner: "acme", wish: .read, closed: .unauthenticated, open: .allowed),
        Case(holder: nil, rights: "", owner: "acme", wish: .write, closed: .unauthenticated, open: .unauthenticated),
        Case(holder: "acme", rights: "read", owner: "acme", wish: .read, closed: .allowed, open: .allowed),
        Case(holder: "acme", rights: "read", owner: "acme", wish: .write, closed: .forbidden, open: .forbidden),
        Case(holder: "acme", rights: "write", owner: "acme", wish: .write, closed: .allowed, open: .allowed),
        Case(holder: "acme", rights: "admin", owner: "acme", wish: .write, closed: .allowed, open: .allowed),
        Case(holder: "globex", rights: "admin", owner: "acme", wish: .read, closed: .hidden, open: .allowed),
        Case(holder: "globex", rights: "admin", owner: "acme", wish: .write, closed: .hidden, open: .forbidden),
    ])
    func decides(row: Case) throws {
        let principal: Principal
        if let holder = row.holder {
            principal = .holder(
                Token(
                    id: "t", owner: try OwnerName(holder), rights: try AccessRights(parsing: row.rights),
                    created: Date(),
                    expires: nil, lastUsed: nil, revoked: nil))
        } else {
            principal = .anonymous
        }
        let owner = try OwnerName(row.owner)
        #expect(AccessPolicy(publicRead: false).decide(principal, row.wish, owner: owner) == row.closed)
        #expect(AccessPolicy(publicRead: true).decide(principal, row.wish, owner: owner) == row.open)
    }

    @Test(arguments: [
        ("Bearer abc", "abc"), ("bearer  abc", "abc"), ("Basic eDphYmM=", "abc"), ("BASIC eDphYmM=", "abc"),
        ("Basic eDphOmI=", "a:b"), ("Basic YWJjOg==", "abc"), ("Basic OmFiYw==", "abc"),
        ("Basic eA==", nil), ("Basic !!!", nil), ("Basic", nil), ("Digest abc", nil), ("", nil),
        ("Basic /////w==", nil),
    ])
    func readsCredentials(header: String, token: String?) {
        #expect(Credentials.token(inHeader: header) == token)
    }

    /// Every route for every kind of client, as statuses: what exists, what doesn't, another owner's, an unknown owner's.
    @Test(arguments: [false, true]) func answersEveryRouteForEveryClient(publicRead: Bool) async throws {
        try await ServedHub.run { configuration in
            configuration.publicRead = publicRead
        } _: { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            let clients: [(name: String, token: String?)] = [
                ("anonymous", nil), ("wrong", TokenSecretSample.unknown),
                ("reader", try await hub.token("acme", "read").text),
                ("writer", try await hub.token("acme", "write").text),
                ("stranger", try await hub.token("globex", "admin").text),
                ("expired", try await hub.token("acme", "admin", expires: Date().addingTimeInterval(-1)).text),
                ("revoked", try await revoked(hub)),
            ]
            let read = "info/refs?service=git-upload-pack"
            let write = "info/refs?service=git-receive-pack"
            let open = publicRead
            // anonymous, wrong, reader, writer, stranger, expired, revoked
            let rows: [(path: String, statuses: [Int])] = [
                ("/healthz", [200, 200, 200, 200, 200, 200, 200]),
                ("/api/v1/owners/acme/capsules", [open ? 200 : 401, 401, 200, 200, open ? 200 : 404, 401, 401]),
                ("/api/v1/owners/acme/refs", [open ? 200 : 401, 401, 200, 200, open ? 200 : 404, 401, 401]),
                ("/api/v1/owners/nobody/refs", [open ? 404 : 401, 401, 404, 404, 404, 401, 401]),
                ("/api/v1/owners/nobody/capsules", [open ? 404 : 401, 401, 404, 404, 404, 401, 401]),
                ("/acme/demo.git/\(read)", [open ? 200 : 401, 401, 200, 200, open ? 200 : 404, 401, 401]),
                ("/acme/demo/\(read)", [open ? 200 : 401, 401, 200, 200, open ? 200 : 404, 401, 401]),
                ("/acme/missing.git/\(read)", [open ? 404 : 401, 401, 404, 404, 404, 401, 401]),
                ("/acme/demo.git/\(write)", [401, 401, 403, 200, open ? 403 : 404, 401, 401]),
                ("/acme/missing.git/\(write)", [401, 401, 403, 200, 404, 401, 401]),
                ("/nobody/demo.git/\(read)", [open ? 404 : 401, 401, 404, 404, 404, 401, 401]),
                ("/nobody/demo.git/\(write)", [401, 401, 404, 404, 404, 401, 401]),
            ]
            for row in rows {
                for (client, expected) in zip(clients, row.statuses) {
                    let headers = client.token.map { ["Authorization: Bearer \($0)"] } ?? []
                    let response = try await HTTPProbe.request(hub.url, "GET", row.path, headers: headers)
                    #expect(response.status == expected, "\(client.name) \(row.path)")
                    #expect(response.values("X-Request-Id").count == 1)
                    if expected == 401 { #expect(response.values("WWW-Authenticate").count == 2) }
                }
            }
        }
    }

    @Test func saysTheSameOfMissingAndHiddenRepositories() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            let stranger = try await hub.token("globex", "admin").text
            var bodies: Set<String> = []
            for name in ["demo", "nope"] {
                for service in ["git-upload-pack", "git-receive-pack"] {
                    let response = try await HTTPProbe.request(
                        hub.url, "GET", "/acme/\(name)/info/refs?service=\(service)",
                        headers: ["Authorization: Bearer \(stranger)"])
                    bodies.insert(response.text.replacingOccurrences(of: name, with: "NAME"))
                    let post = try await HTTPProbe.request(
                        hub.url, "POST", "/acme/\(name)/\(service)",
                        headers: [
                            "Authorization: Bearer \(stranger)", "Content-Type: application/x-\(service)-request",
                        ],
                        body: Array("0000".utf8))
                    #expect(post.status == 404)
                    bodies.insert(post.text.replacingOccurrences(of: name, with: "NAME"))
                }
            }
            #expect(bodies.count == 1)
        }
    }

    @Test func listsAnOwnersCapsules() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("tag", "-a", "v1.0.0", "-m", "First")
            try await work.git("push", hub.remote("acme/demo.git"), "main", "v1.0.0")
            let head = try await work.git("rev-parse", "main")
            let response = try await HTTPProbe.request(
                hub.url, "GET", "/api/v1/owners/acme/capsules", headers: ["Authorization: Bearer \(hub.admin)"])
            #expect(response.values("Content-Type") == ["application/json"])
            #expect(
                response.text == "{\"capsules\":[{\"defaultBranch\":\"main\",\"head\":\"\(head)\","
                    + "\"latestVersion\":\"1.0.0\",\"name\":\"demo\"}],\"owner\":\"acme\",\"workspaces\":[]}")
            let missing = try await HTTPProbe.request(hub.url, "GET", "/api/v1/nothing")
            let id = try #require(missing.values("X-Request-Id").first)
            #expect(
                missing.text == "{\"error\":{\"code\":\"not_found\",\"details\":{},"
                    + "\"message\":\"nothing is at this address\",\"request_id\":\"\(id)\"}}")
        }
    }

    private func revoked(_ hub: ServedHub) async throws -> String {
        let token = try await hub.token("acme", "admin")
        _ = try await hub.accounts.revokeToken(token.id)
        return token.text
    }
}

/// Tokens that no hub made.
enum TokenSecretSample {
    static let unknown = "amx_" + String(repeating: "0", count: 64)
}
