import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import HubServer

/// All refs of an owner in one answer: the same as git sees them, and never stale.
@Suite struct OwnerRefsTests {
    private struct Line: Decodable, Hashable {
        struct Entry: Decodable, Hashable {
            let name: String
            let oid: String
            var peeled: String?
        }
        let head: String?
        let name: String
        let refs: [Entry]?
    }

    @Test func tellsWhatGitTells() async throws {
        try await ServedHub.run { hub in
            for name in ["zebra", "demo", "a.b"] {
                let work = try await Clone(capsule: name)
                try await work.git("tag", "-a", "v1.0.0", "-m", "One")
                try await work.git(
                    "push", "--quiet", hub.remote("acme/\(name).git"), "main", "main:side\"quoted", "v1.0.0")
            }
            let answer = try await refs(hub)
            #expect(answer.status == 200)
            #expect(answer.values("Content-Type") == ["application/x-ndjson"])
            let lines = try decode(answer)
            #expect(lines.map(\.name) == ["a.b", "demo", "zebra"])
            for line in lines {
                let listing = try await Offload.run {
                    try Tool.git(["ls-remote", "--symref", hub.remote("acme/\(line.name).git")], in: "/")
                }
                var expected: [String: Line.Entry] = [:]
                for row in listing.split(separator: "\n").map({ $0.split(separator: "\t").map(String.init) }) {
                    if row[0].hasPrefix("ref: ") { #expect(line.head == String(row[0].dropFirst(5))) }
                    guard row[1].hasPrefix("refs/"), !row[0].hasPrefix("ref: ") else { continue }
                    if row[1].hasSuffix("^{}") {
                        expected[String(row[1].dropLast(3))]?.peeled = row[0]
                    } else {
                        expected[row[1]] = Line.Entry(name: row[1], oid: row[0])
                    }
                }
                #expect(line.refs == expected.values.sorted { $0.name < $1.name })
                #expect(line.refs?.count == 3)
            }
            let empty = try await refs(hub, token: try await hub.token("globex", "read").text, owner: "globex")
            #expect(empty.status == 200 && empty.body.isEmpty)
        }
    }

    @Test func answersATagThatStillHoldsWithoutABody() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            let first = try await refs(hub)
            let tag = try #require(first.values("ETag").first)
            for header in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let same = try await refs(hub, headers: ["If-None-Match: \(header)"])
                #expect(same.status == 304 && same.body.isEmpty && same.values("ETag") == [tag], "\(header)")
            }
            #expect(try await refs(hub, headers: ["If-None-Match: \"other\""]).status == 200)
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main:side")
            let changed = try await refs(hub, headers: ["If-None-Match: \(tag)"])
            #expect(changed.status == 200 && changed.values("ETag") != [tag])
            #expect(try decode(changed).first?.refs?.map(\.name) == ["refs/heads/main", "refs/heads/side"])
        }
    }

    /// Every way in which a ref can change shows at once, before and after the hub trusts its memory.
    @Test(arguments: [false, true]) func isNeverStale(settled: Bool) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            try work.write("more", "x")
            try await work.commit("More")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main:side")
            let repository = hub.repository("acme/demo")
            let old = try await work.git("rev-parse", "HEAD~1")
            let new = try await work.git("rev-parse", "HEAD")
            let changes: [(String, @Sendable () throws -> Void)] = [
                ("a loose ref", { try Tool.git(["update-ref", "refs/heads/main", new], in: repository) }),
                ("edited in place", { try overwrite("\(repository)/refs/heads/main", old + "\n") }),
                ("and back", { try overwrite("\(repository)/refs/heads/main", new + "\n") }),
                ("a nested one", { try Tool.git(["update-ref", "refs/heads/a/b/c", old], in: repository) }),
                ("packed", { try Tool.git(["update-ref", "refs/heads/a/b/c", new], in: repository) }),
                ("packed again", { try Tool.git(["pack-refs", "--all"], in: repository) }),
                ("removed", { try Tool.git(["update-ref", "-d", "refs/heads/a/b/c"], in: repository) }),
                ("HEAD", { try Tool.git(["symbolic-ref", "HEAD", "refs/heads/side"], in: repository) }),
            ]
            for (name, change) in changes {
                _ = try await refs(hub)
                // Trust begins three seconds after the last change.
                if settled, name == "a loose ref" || name == "removed" || name == "HEAD" {
                    try await Task.sleep(for: .seconds(4))
                    _ = try await refs(hub)
                }
                try await Offload.run(change)
                let listing = try await Offload.run {
                    try Tool.git(["for-each-ref", "--format=%(refname) %(objectname)"], in: repository)
                }
                let head = try await Offload.run { try Tool.git(["symbolic-ref", "HEAD"], in: repository) }
                let line = try #require(try decode(try await refs(hub)).first)
                let shown = (line.refs ?? []).map { "\($0.name) \($0.oid)" }.joined(separator: "\n")
                #expect(shown == listing && line.head == head, "\(name)")
            }
        }
    }

    @Test func remembersOnlyWhatCannotChangeUnseen() async throws {
        let folder = try TemporaryDirectory("amx-refs")
        let path = folder.appending("x.git")
        try await Offload.run {
            try Tool.git(["init", "--quiet", "--bare", path], in: folder.path)
            // Changed once more, since git may end late on a busy machine.
            try FileManager.default.setAttributes(
                [.modificationDate: Date()], ofItemAtPath: folder.appending("x.git/HEAD"))
            #expect(RefFilesStamp(repository: path) == nil, "too young")
        }
        try await Task.sleep(for: .seconds(4))
        let stamp = try #require(RefFilesStamp(repository: path))
        #expect(RefFilesStamp(repository: path) == stamp)
        try folder.write("x.git/refs/heads/main", text: "x")
        #expect(RefFilesStamp(repository: path) == nil, "a loose ref")
    }

    @Test func goesOnPastADamagedRepository() async throws {
        try await ServedHub.run { hub in
            for name in ["broken", "whole"] {
                let work = try await Clone(capsule: name)
                try await work.git("push", "--quiet", hub.remote("acme/\(name).git"), "main")
            }
            try Data("torn".utf8).write(to: URL(fileURLWithPath: "\(hub.repository("acme/broken"))/packed-refs"))
            let lines = try decode(try await refs(hub))
            #expect(lines.map(\.name) == ["broken", "whole"])
            #expect(lines.map { $0.refs?.count } == [nil, 1])
        }
    }

    private func refs(
        _ hub: ServedHub, token: String? = nil, owner: String = "acme", headers: [String] = []
    ) async throws -> HTTPProbe.Response {
        try await HTTPProbe.request(
            hub.url, "GET", "/api/v1/owners/\(owner)/refs",
            headers: ["Authorization: Bearer \(token ?? hub.admin)"] + headers)
    }

    private func decode(_ response: HTTPProbe.Response) throws -> [Line] {
        try response.text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }
}

/// Writes into an existing file without replacing it.
private func overwrite(_ path: String, _ text: String) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
}
