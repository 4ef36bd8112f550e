import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import HubServer

/// Withdrawing releases over HTTP: who may, what it changes, and that nothing else changes it.
@Suite struct YankTests {
    private static func path(_ version: String, _ address: String = "acme/capsules/refunds") -> String {
        "/api/v1/owners/\(address)/releases/\(version)/yank"
    }

    private func send(
        _ hub: ServedHub, _ method: String, _ path: String, _ body: String? = nil, token: String? = nil,
        type: String = "application/json"
    ) async throws -> HTTPProbe.Response {
        try await HTTPProbe.request(
            hub.url, method, path,
            headers: ["Authorization: Bearer \(token ?? hub.admin)"] + (body == nil ? [] : ["Content-Type: \(type)"]),
            body: body.map { Array($0.utf8) })
    }

    private func index(_ hub: ServedHub) async throws -> ReleaseIndex {
        let answer = try await send(hub, "GET", "/api/v1/owners/acme/capsules/refunds/index.json")
        return try ReleaseIndex.parse(answer.body, of: CapsuleID("refunds"))
    }

    /// A hub with the releases 1.0.0 and 2.0.0 of acme/refunds.
    private func withReleases(_ body: (ServedHub, Clone) async throws -> Void) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "refunds")
            try await work.git("tag", "-a", "-m", "x", "v1.0.0")
            try work.write("manifest.json", Clone.manifest("refunds", "2.0.0+b"))
            try await work.commit("Two")
            try await work.git("tag", "-a", "-m", "x", "v2.0.0+b")
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "main", "--tags")
            try await body(hub, work)
        }
    }

    @Test func withdrawsAndTakesBack() async throws {
        try await withReleases { hub, work in
            let before = try await index(hub)
            let first = try await send(hub, "PUT", Self.path("1.0.0"), "{\"reason\":\"loses refunds\"}")
            #expect(first.status == 200 && first.values("Cache-Control") == ["private, no-cache"])
            let said =
                /\{"changed":(true|false),"id":"refunds","owner":"acme","reason":"([^"]*)","version":"1.0.0","yanked":true,"yankedAt":"([^"]+Z)"\}/
            let answer = try #require(first.text.wholeMatch(of: said), "\(first.text)")
            #expect(answer.1 == "true" && answer.2 == "loses refunds")
            // Again, and without a reason: as before.
            for body in [nil, "", "{}", "{\"reason\":null}", "{\"reason\":\"loses refunds\"}"] {
                let again = try #require(
                    try await send(hub, "PUT", Self.path("1.0.0"), body).text.wholeMatch(of: said))
                #expect(again.1 == "false" && again.2 == answer.2 && again.3 == answer.3)
            }
            let other = try #require(
                try await send(hub, "PUT", Self.path("1.0.0"), "{\"reason\":\"worse\"}").text.wholeMatch(of: said))
            #expect(other.1 == "true" && other.2 == "worse" && other.3 == answer.3)
            #expect(try await send(hub, "PUT", Self.path("2.0.0+b")).status == 200)
            let yanked = try await index(hub)
            #expect(yanked.releases.map(\.isYanked) == [true, true])
            #expect(yanked.yanks["1.0.0"]?.reason == "worse" && yanked.yanks["2.0.0+b"]?.reason == nil)
            // A yanked release is fetched as before.
            let clone = try await Clone(from: hub.remote("acme/refunds.git"), ["--branch", "v1.0.0"])
            #expect(try await clone.git("rev-parse", "v1.0.0") == (try await work.git("rev-parse", "v1.0.0")))
            for changed in ["true", "false"] {
                let undone = try await send(hub, "DELETE", Self.path("1.0.0"))
                #expect(
                    undone.text
                        == "{\"changed\":\(changed),\"id\":\"refunds\",\"owner\":\"acme\",\"reason\":null,\"version\":\"1.0.0\",\"yanked\":false,\"yankedAt\":null}"
                )
            }
            #expect(try await send(hub, "DELETE", Self.path("2.0.0+b")).status == 200)
            #expect(try await index(hub) == before)
            let log = try await Offload.run {
                try Tool.git(
                    ["log", "--reverse", "--format=%an %s", "refs/amx/meta"], in: hub.repository("acme/refunds"))
            }
            #expect(
                log == """
                    acme Yank 1.0.0
                    acme Yank 1.0.0
                    acme Yank 2.0.0+b
                    acme Take back the yank of 1.0.0
                    acme Take back the yank of 2.0.0+b
                    """)
            #expect(try HubFsck(hub.directory).run(["acme"]) { _, _ in }.findings.map { "\($0)" } == [])
        }
    }

    @Test func refuses() async throws {
        try await withReleases { hub, _ in
            let reader = try await hub.token("acme", "read").text
            let writer = try await hub.token("acme", "write").text
            let other = try await hub.token("globex", "admin").text
            for method in ["PUT", "DELETE"] {
                #expect(try await send(hub, method, Self.path("1.0.0"), token: reader).status == 403)
                #expect(try await send(hub, method, Self.path("1.0.0"), token: other).status == 404)
                #expect(try await send(hub, method, Self.path("9.0.0"), token: writer).status == 404)
                #expect(
                    try await send(hub, method, Self.path("1.0.0", "acme/capsules/none"), token: writer).status == 404)
                for version in ["v1.0.0", "1.0", "%20", "1.0.0%00"] {
                    #expect(try await send(hub, method, Self.path(version), token: writer).status == 400, "\(version)")
                }
                let anonymous = try await HTTPProbe.request(hub.url, method, Self.path("1.0.0"))
                #expect(anonymous.status == 401)
            }
            let long = String(repeating: "x", count: 501)
            for body in [
                "[]", "{", "{\"reason\":7}", "{\"reason\":\"\"}", "{\"reason\":\"a\\nb\"}", "{\"reason\":\"\(long)\"}",
            ] {
                let answer = try await send(hub, "PUT", Self.path("1.0.0"), body)
                #expect(answer.status == 400 && answer.text.contains("\"code\":\"usage\""), "\(body)")
            }
            #expect(try await send(hub, "PUT", Self.path("1.0.0"), "{}", type: "text/plain").status == 415)
            let huge = "{\"reason\":\"\(String(repeating: "x", count: 100_000))\"}"
            #expect(try await send(hub, "PUT", Self.path("1.0.0"), huge).status == 413)
            #expect(try await index(hub).releases.contains(where: \.isYanked) == false)
            #expect(!FileManager.default.fileExists(atPath: "\(hub.repository("acme/refunds"))/refs/amx"))
        }
    }

    /// `refs/amx/meta` is the hub's: no push changes it, not even that of all that a mirror has.
    @Test func pushesCannotTouchIt() async throws {
        try await withReleases { hub, work in
            #expect(try await send(hub, "PUT", Self.path("1.0.0")).status == 200)
            let remote = hub.remote("acme/refunds.git")
            for refspec in ["main:refs/amx/meta", "+main:refs/amx/meta", ":refs/amx/meta", "main:refs/amx/meta/x"] {
                let outcome = try await work.attempt("push", remote, refspec)
                #expect(outcome.status != 0, "\(refspec): \(outcome.errors)")
            }
            let pushed = try await work.attempt("push", remote, "main:refs/amx/meta")
            #expect(pushed.errors.contains("neither a branch nor a release"), "\(pushed.errors)")
            let mirror = try await Clone(from: remote, ["--bare"])
            let outcome = try await Offload.git(["push", "--mirror", remote], in: mirror.path)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await index(hub).releases.map(\.isYanked) == [true, false])
            #expect(try HubFsck(hub.directory).run(["acme"]) { _, _ in }.findings.map { "\($0)" } == [])
        }
    }

    /// Each of many at once is there afterwards, together with pushes.
    @Test func manyAtOnceLoseNothing() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "refunds", version: "0.0.0")
            for number in 0..<8 {
                try work.write("manifest.json", Clone.manifest("refunds", "1.0.\(number)"))
                try await work.commit("\(number)")
                try await work.git("tag", "-a", "-m", "x", "v1.0.\(number)")
            }
            try await work.git("push", "--quiet", hub.remote("acme/refunds.git"), "main", "--tags")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await send(hub, "PUT", Self.path("1.0.\(number)"), "{\"reason\":\"r\(number)\"}").status
                    }
                    group.addTask {
                        try await work.attempt("push", hub.remote("acme/refunds.git"), "main:side-\(number)").status
                            == 0
                            ? 200 : 0
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
            let index = try await index(hub)
            #expect(index.yanks.values.compactMap(\.reason).sorted() == (0..<8).map { "r\($0)" })
            let branches = try await Offload.run {
                try Tool.git(["for-each-ref", "--format=x", "refs/heads"], in: hub.repository("acme/refunds"))
            }
            #expect(branches.split(separator: "\n").count == 9)
        }
    }

    /// What somebody else has written there: the index fails instead of showing yanked releases as good ones.
    @Test func aDamagedReferenceIsNotPassedOver() async throws {
        try await withReleases { hub, _ in
            try await Offload.succeed(
                ["update-ref", "refs/amx/meta", "refs/heads/main"], in: hub.repository("acme/refunds"))
            let answer = try await send(hub, "GET", "/api/v1/owners/acme/capsules/refunds/index.json")
            #expect(answer.status == 500 && answer.text.contains("meta.json of refs/amx/meta is not what a hub writes"))
            let found = try HubFsck(hub.directory).run(["acme"]) { _, _ in }.findings
            #expect(found.map(\.finding.place) == ["refs/amx/meta"])
        }
    }
}
