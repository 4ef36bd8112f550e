import Foundation
import HubServer
import TestSupport
import Testing

/// A repository of git's SHA-256 object format in the hub's store: refused by name, without harm to the others.
@Suite struct ForeignFormatTests {
    private static let words = "cannot open the repository acme/foreign: its object format is sha256, not SHA-1"

    /// Puts a repository of that format, with a commit in a pack where asked, beside one that works.
    private func run(packed: Bool, _ body: (ServedHub, Clone) async throws -> Void) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "whole")
            try await work.git("push", "--quiet", hub.remote("acme/whole.git"), "main")
            let path = hub.repository("acme/foreign")
            try await Offload.succeed(["init", "--quiet", "--bare", "--object-format=sha256", path], in: "/")
            if packed {
                let tree = try await Offload.succeed(["write-tree"], in: path)
                let commit = try await Offload.succeed(["commit-tree", tree, "-m", "Start"], in: path)
                try await Offload.succeed(["update-ref", "refs/heads/main", commit], in: path)
                try await Offload.succeed(["gc", "--quiet"], in: path)
            }
            try await body(hub, work)
        }
    }

    @Test(arguments: [false, true]) func isRefusedByName(packed: Bool) async throws {
        try await run(packed: packed) { hub, work in
            let remote = hub.remote("acme/foreign.git")
            for arguments in [["ls-remote", remote], ["clone", remote, "foreign"], ["push", remote, "main"]] {
                for version in ["0", "2"] {
                    let outcome = try await Offload.git(
                        ["-c", "protocol.version=\(version)"] + arguments, in: work.path)
                    #expect(outcome.status == 128)
                    #expect(outcome.errors.contains("remote: \(Self.words)"), "\(arguments): \(outcome.errors)")
                    #expect(outcome.errors.contains("remote: hint: Amx works with SHA-1 repositories only"))
                    #expect(!outcome.errors.contains(hub.directory.path))
                }
            }
        }
    }

    /// A client that opened its request elsewhere.
    @Test func isRefusedInsideTheProtocol() async throws {
        try await run(packed: true) { hub, _ in
            let id = String(repeating: "1", count: 40)
            let zero = String(repeating: "0", count: 40)
            let command = "\(zero) \(id) refs/heads/main\u{0} report-status"
            let size = String(command.utf8.count + 4, radix: 16)
            let requests = [
                ("upload-pack", "0011command=fetch00010032want \(id)\n0009done\n0000"),
                ("receive-pack", "\(String(repeating: "0", count: 4 - size.count))\(size)\(command)0000"),
            ]
            for (service, body) in requests {
                let answer = try await HTTPProbe.request(
                    hub.url, "POST", "/acme/foreign.git/git-\(service)",
                    headers: [
                        "Authorization: Bearer \(hub.admin)", "Content-Type: application/x-git-\(service)-request",
                        "Git-Protocol: version=2",
                    ], body: Array(body.utf8))
                #expect(answer.status == 200)
                #expect(answer.text.contains(Self.words), "\(service): \(answer.text)")
                #expect(!answer.text.contains(hub.directory.path))
            }
        }
    }

    @Test(arguments: [false, true]) func standsInListingsWithoutRefs(packed: Bool) async throws {
        try await run(packed: packed) { hub, work in
            let head = try await work.git("rev-parse", "HEAD")
            let authorization = ["Authorization: Bearer \(hub.admin)"]
            let refs = try await HTTPProbe.request(
                hub.url, "GET", "/api/v1/owners/acme/refs", headers: authorization)
            #expect(
                refs.text == """
                    {"head":null,"name":"foreign","refs":null}
                    {"head":"refs/heads/main","name":"whole","refs":[{"name":"refs/heads/main","oid":"\(head)"}]}

                    """)
            let capsules = try await HTTPProbe.request(
                hub.url, "GET", "/api/v1/owners/acme/capsules", headers: authorization)
            #expect(
                capsules.text == """
                    {"capsules":[{"defaultBranch":null,"head":null,"latestVersion":null,"name":"foreign"},\
                    {"defaultBranch":"main","head":"\(head)","latestVersion":null,"name":"whole"}],\
                    "owner":"acme","workspaces":[]}
                    """)
        }
    }
}
