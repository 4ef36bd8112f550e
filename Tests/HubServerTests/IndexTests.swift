import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import HubServer

/// The index of releases: the same as git sees them, for those who may see it, and never stale.
@Suite struct IndexTests {
    private struct Document: Decodable {
        struct Entry: Decodable {
            struct Dependency: Decodable, Hashable {
                let id: String
                let constraint: String
                var owner: String?
            }
            let version: String
            let tag: String
            let commit: String
            let tree: String
            let manifest: String
            let size: Int?
            let digest: String?
            let problem: String?
            let dependencies: [String: [Dependency]]
        }
        let schema: Int
        let id: String
        let owner: String
        let repository: String
        let releases: [Entry]
    }

    private static let byOwner = "/api/v1/owners/acme/capsules/refunds/index.json"
    private static let byID = "/api/v1/capsules/refunds/index.json"

    private func get(
        _ hub: ServedHub, _ path: String = byOwner, token: String? = nil, isAnonymous: Bool = false,
        headers: [String] = []
    ) async throws -> HTTPProbe.Response {
        try await HTTPProbe.request(
            hub.url, "GET", path,
            headers: (isAnonymous ? [] : ["Authorization: Bearer \(token ?? hub.admin)"]) + headers)
    }

    private func release(_ work: Clone, _ version: String, _ dependencies: String = "{}") async throws {
        try work.write(
            "manifest.json",
            "{\"id\": \"refunds\", \"name\": \"Refunds\", \"version\": \"\(version)\", \"dependencies\": \(dependencies)}"
        )
        try await work.commit(version)
        try await work.git("tag", "-a", "-m", version, "v\(version)")
    }

    @Test func tellsWhatGitTells() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "refunds", version: "0.0.1")
            try await release(work, "1.0.0", "{\"pricing\": \"^1.0.0\", \"globex/tax\": \"1.0.0||2.0.0\"}")
            try await release(work, "1.10.0-rc.1+b")
            try await release(work, "1.9.0")
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "main", "--tags")
            let answer = try await get(hub)
            #expect(answer.status == 200)
            #expect(answer.values("Content-Type") == ["application/json"])
            #expect(
                answer.values("Cache-Control") == ["private, no-cache"] && answer.values("Vary") == ["Authorization"])
            #expect(try await get(hub, Self.byID).body == answer.body)
            let document = try JSONDecoder().decode(Document.self, from: Data(answer.body))
            #expect(document.schema == 1 && document.id == "refunds" && document.owner == "acme")
            #expect(document.repository == "acme/refunds.git")
            #expect(document.releases.map(\.version) == ["1.0.0", "1.9.0", "1.10.0-rc.1+b"])
            for entry in document.releases {
                #expect(entry.tag == (try await work.git("rev-parse", "refs/tags/v\(entry.version)")))
                #expect(entry.commit == (try await work.git("rev-parse", "v\(entry.version)^{commit}")))
                #expect(entry.tree == (try await work.git("rev-parse", "v\(entry.version)^{tree}")))
                #expect(entry.manifest == (try await work.git("rev-parse", "v\(entry.version):manifest.json")))
                #expect(entry.problem == nil && entry.digest == nil)
                let sizes = try await work.git("ls-tree", "-r", "--format=%(objectsize)", entry.tree)
                #expect(entry.size == sizes.split(separator: "\n").compactMap { Int($0) }.reduce(0, +))
            }
            #expect(
                document.releases[0].dependencies == [
                    "dependencies": [
                        .init(id: "pricing", constraint: "^1.0.0"),
                        .init(id: "tax", constraint: "=1.0.0 || =2.0.0", owner: "globex"),
                    ]
                ])
            #expect(try ReleaseIndex.parse(answer.body, of: CapsuleID("refunds")).releases.count == 3)
        }
    }

    /// Another client than ours, with the tags of answers in files.
    @Test func curlGetsNothingTwice() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "refunds")
            try await release(work, "1.0.0")
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "main", "v1.0.0")
            let folder = try TemporaryDirectory("amx-curl")
            func curl() async throws -> String {
                try await Offload.run {
                    try Tool.run(
                        "curl",
                        [
                            "-sS", "-H", "Authorization: Bearer \(hub.admin)", "--etag-save", "tag", "--etag-compare",
                            "tag",
                            "-o", "body", "-w", "%{http_code} %{size_download}", "\(hub.url)\(Self.byID)",
                        ], in: folder.path
                    ).text
                }
            }
            let first = try await curl()
            #expect(first == "200 \(try folder.read("body").count)")
            #expect(try await curl() == "304 0")
            // A branch is nothing to the index; a release is.
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "main:side")
            #expect(try await curl() == "304 0")
            try await release(work, "1.1.0")
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "v1.1.0")
            #expect(try await curl() == "200 \(try folder.read("body").count)")
            #expect(try await curl() == "304 0")
        }
    }

    /// Also after the hub has begun to trust its memory.
    @Test func isNeverStale() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "refunds")
            try await release(work, "1.0.0")
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "main", "v1.0.0")
            let first = try await get(hub)
            try await Task.sleep(for: .seconds(4))
            #expect(try await get(hub).body == first.body)
            #expect(try await get(hub).body == first.body)
            try await release(work, "2.0.0")
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "v2.0.0")
            #expect(try await get(hub).text.contains("\"version\":\"2.0.0\""))
            // What another tool takes away shows as well.
            _ = try await Offload.run { try Tool.git(["tag", "-d", "v2.0.0"], in: hub.repository("acme/refunds")) }
            #expect(try await get(hub).body == first.body)
        }
    }

    @Test(arguments: [false, true]) func showsOnlyWhatMayBeSeen(isPublic: Bool) async throws {
        try await ServedHub.run {
            $0.publicRead = isPublic
        } _: { hub in
            let other = try await hub.token("globex", "write").text
            for (id, isReleased) in [("refunds", true), ("draft", false)] {
                let work = try await Clone(capsule: id)
                try await work.git("tag", "-a", "-m", "x", "v1.0.0")
                try await work.git(
                    ["push", "--quiet", hub.remote("acme/\(id).git"), "main"] + (isReleased ? ["v1.0.0"] : []))
            }
            let own = try await get(hub, Self.byID)
            #expect(own.status == 200)
            let caching = isPublic ? "public, max-age=5, stale-if-error=86400" : "private, no-cache"
            #expect(own.values("Cache-Control") == [caching] && own.values("Vary").isEmpty == isPublic)
            for path in [Self.byID, Self.byOwner] {
                #expect(try await get(hub, path, token: other).status == (isPublic ? 200 : 404))
                #expect(try await get(hub, path, isAnonymous: true).status == (isPublic ? 200 : 401))
                #expect(try await get(hub, path, token: "amx_\(String(repeating: "0", count: 64))").status == 401)
            }
            // In the same words, whatever is there.
            func words(_ id: String, _ path: String, _ token: String?) async throws -> String {
                let answer = try await get(hub, path, token: token, isAnonymous: token == nil)
                #expect(answer.status == (token == nil && !isPublic ? 401 : 404) && answer.values("ETag").isEmpty)
                #expect(answer.values("Cache-Control") == ["no-store"])
                return answer.text.replacing(id, with: "ID").replacing(/"request_id":"[^"]+"/, with: "")
            }
            for token in [other, nil] {
                let missing = try await words("nothere", "/api/v1/capsules/nothere/index.json", token)
                #expect(try await words("draft", "/api/v1/capsules/draft/index.json", token) == missing)
                if !isPublic { #expect(try await words("refunds", Self.byID, token) == missing) }
                let absent = try await words("nothere", "/api/v1/owners/acme/capsules/nothere/index.json", token)
                guard !isPublic else { continue }
                #expect(try await words("draft", "/api/v1/owners/acme/capsules/draft/index.json", token) == absent)
            }
            let empty = try await get(hub, "/api/v1/owners/acme/capsules/draft/index.json")
            #expect(
                empty.text
                    == "{\"id\":\"draft\",\"owner\":\"acme\",\"releases\":[],\"repository\":\"acme/draft.git\",\"schema\":1}"
            )
        }
    }

    @Test(arguments: [
        "/api/v1/capsules/Refunds/index.json", "/api/v1/capsules/refunds.git/index.json",
        "/api/v1/capsules/refunds/index",
        "/api/v1/capsules/../index.json", "/api/v1/owners/ACME/capsules/refunds/index.json",
        "/api/v1/owners/api/capsules/refunds/index.json", "/api/v1/owners/acme/capsules/%72efunds/index.json",
        "/api/v1/owners/acme/capsules//index.json", "/api/v1/capsules/a%2Fb/index.json",
    ]) func nothingIsAtOtherAddresses(path: String) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "refunds")
            try await work.git("tag", "-a", "-m", "x", "v1.0.0")
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "main", "v1.0.0")
            #expect(try await get(hub, path).status == 404)
        }
    }

    @Test func aForkIsNotItsIDs() async throws {
        try await ServedHub.run { hub in
            let token = try await hub.token("globex", "write").text
            let work = try await Clone(capsule: "refunds")
            try await work.git("tag", "-a", "-m", "x", "v1.0.0")
            for (owner, token) in [("acme", hub.admin), ("globex", token)] {
                try await work.git(
                    "push", "--quiet", hub.remote("\(owner)/refunds.git", token: token), "main", "v1.0.0")
            }
            #expect(try await get(hub, Self.byID).text.contains("\"owner\":\"acme\""))
            #expect(try await get(hub, Self.byID, token: token).status == 404)
            let fork = try await get(hub, "/api/v1/owners/globex/capsules/refunds/index.json", token: token)
            #expect(fork.text.contains("\"owner\":\"globex\""))
            _ = try hub.accounts.move(CapsuleID("refunds"), to: OwnerName("globex"), in: hub.directory)
            #expect(try await get(hub, Self.byID).status == 404)
            #expect(try await get(hub, Self.byID, token: token).body == fork.body)
        }
    }

    /// What came into the store by other ways.
    @Test func saysWhatCannotBeUsed() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "refunds")
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "main")
            try await Offload.run {
                let path = hub.repository("acme/refunds")
                try Tool.git(["tag", "-a", "-m", "x", "v3.0.0", "main"], in: path)
                try Tool.git(["tag", "v1.0.0", "main"], in: path)
                try Tool.git(["tag", "-a", "-m", "x", "vnext", "main"], in: path)
                let tree = try Tool.git(["mktree"], in: path)
                let commit = try Tool.git(["commit-tree", "-m", "Empty", tree], in: path)
                try Tool.git(["tag", "-a", "-m", "x", "v4.0.0", commit], in: path)
            }
            let document = try JSONDecoder().decode(Document.self, from: Data(try await get(hub).body))
            #expect(document.releases.map(\.version) == ["1.0.0", "3.0.0", "4.0.0"])
            #expect(document.releases[0].problem?.contains("annotated") == true)
            #expect(document.releases[1].problem?.contains("1.0.0") == true)
            #expect(document.releases[2].problem?.contains("manifest.json") == true)
            #expect(try ReleaseIndex.parse(try await get(hub).body, of: CapsuleID("refunds")).releases.count == 3)
        }
    }
}
