import Foundation
import TestSupport
import Testing

@testable import HubServer

/// The script of whoever runs the hub: `<data>/hooks/pre-receive`.
@Suite struct PolicyScriptTests {
    /// Runs a hub with a script; `DATA` in it stands for the data directory.
    private func run(
        _ script: String, seconds: Int = 30, _ body: (ServedHub, Clone) async throws -> Void
    ) async throws {
        try await ServedHub.run {
            $0.scriptSeconds = seconds
        } _: { hub in
            try install(script, in: hub)
            try await body(hub, Clone(capsule: "demo"))
            #expect(try hub.leftovers() == [])
        }
    }

    private func install(_ script: String, in hub: ServedHub, mode: Int = 0o755) throws {
        let folder = "\(hub.directory.path)/hooks"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let text = "#!/bin/sh\n" + script.replacingOccurrences(of: "DATA", with: hub.directory.path)
        try Tool.install(text.utf8, at: "\(folder)/pre-receive", mode: mode)
    }

    @Test func givesWhatGitGives() async throws {
        let script = """
            { cat; pwd; env | sort; } > DATA/seen
            echo looked at "$AMX_REPOSITORY"
            """
        try await run(script) { hub, work in
            let pushed = try await work.attempt("push", "-o", "ticket=7", hub.remote("acme/demo.git"), "main")
            #expect(pushed.status == 0, "\(pushed.errors)")
            #expect(pushed.errors.contains("remote: looked at acme/demo"))
            let head = try await work.git("rev-parse", "HEAD")
            let seen = try String(contentsOfFile: "\(hub.directory.path)/seen", encoding: .utf8)
            #expect(seen.hasPrefix("\(String(repeating: "0", count: 40)) \(head) refs/heads/main\n"))
            #expect(seen.contains("GIT_PUSH_OPTION_0=ticket=7\n") && seen.contains("GIT_PUSH_OPTION_COUNT=1\n"))
            #expect(seen.contains("GIT_QUARANTINE_PATH=\(hub.directory.path)/incoming/"))
            #expect(!seen.contains("HOME="))
        }
    }

    @Test func readsTheNewObjects() async throws {
        let script = """
            while read -r old new ref; do
                git show "$new:knowledge/facts.md" | grep -q secret && { echo "no secrets in $ref" >&2; exit 3; }
            done
            exit 0
            """
        try await run(script) { hub, work in
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            try work.write("knowledge/facts.md", "a secret\n")
            try await work.commit("Leak")
            let refused = try await work.attempt("push", hub.remote("acme/demo.git"), "main", "main:side")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("remote: no secrets in refs/heads/main"))
            #expect(
                refused.errors.contains(
                    "main -> main (the hub's policy script declined: no secrets in refs/heads/main)"),
                "\(refused.errors)")
            #expect(refused.errors.contains("! [remote rejected] main -> side"))
            let refs = try await Offload.run { try Tool.git(["for-each-ref"], in: hub.repository("acme/demo")) }
            #expect(refs.split(separator: "\n").count == 1)
        }
    }

    @Test func seesOnlyWhatStands() async throws {
        try await run("cat > DATA/seen") { hub, work in
            try await work.git("tag", "v1.0.0")
            _ = try await work.attempt("push", hub.remote("acme/demo.git"), "main", "v1.0.0")
            let seen = try String(contentsOfFile: "\(hub.directory.path)/seen", encoding: .utf8)
            #expect(seen.contains("refs/heads/main") && !seen.contains("v1.0.0"))
        }
    }

    @Test(arguments: ["sleep 600", "sleep 600 & sleep 600", "trap '' TERM; while :; do :; done"])
    func endsAScriptThatTakesTooLong(script: String) async throws {
        try await run(script, seconds: 1) { hub, work in
            let start = ContinuousClock.now
            let refused = try await work.attempt("push", hub.remote("acme/demo.git"), "main")
            #expect(refused.status == 1 && start.duration(to: .now) < .seconds(300))
            #expect(refused.errors.contains("took longer than 1 seconds"), "\(refused.errors)")
        }
    }

    @Test func keepsOutputWithinBounds() async throws {
        try await run("yes x | head -c 3000000; exit 1") { hub, work in
            let refused = try await work.attempt("push", hub.remote("acme/demo.git"), "main")
            #expect(refused.status == 1 && refused.errors.utf8.count < 1 << 20)
        }
        try await run("printf 'a\\033[31mb\\n'; exit 1") { hub, work in
            let refused = try await work.attempt("push", hub.remote("acme/demo.git"), "main")
            #expect(refused.status == 1 && !refused.errors.contains("\u{1B}[31m"))
        }
    }

    @Test func letsNothingInWhenItCannotRun() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            for (script, mode) in [("exit 0", 0o644), ("kill -9 $$", 0o755)] {
                try install(script, in: hub, mode: mode)
                let refused = try await work.attempt("push", hub.remote("acme/demo.git"), "main")
                #expect(refused.status == 1 && refused.errors.contains("internal error"), "\(refused.errors)")
                #expect(!refused.errors.contains(hub.directory.path))
            }
            // A repository's own hooks are never run.
            try FileManager.default.removeItem(atPath: "\(hub.directory.path)/hooks/pre-receive")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            let own = "\(hub.repository("acme/demo"))/hooks"
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            try Tool.install("#!/bin/sh\nexit 1\n".utf8, at: "\(own)/pre-receive")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main:side")
        }
    }
}
