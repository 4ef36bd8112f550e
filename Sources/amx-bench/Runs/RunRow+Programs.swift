import Glibc
import Isolation

extension RunRow {
    static let bubblewrapName = "`true` in plain bubblewrap, everything shown"
    static let sandboxName = "`true` in the sandbox"
    static let killName = "killed after a deadline of 100 ms, later than that"
    static let busyKillName = "the same with four busy processes, which share one processor"

    /// Programs without an engine, and those of others.
    static func plain(_ place: RunPlace) throws -> [RunRow] {
        let program = Program()
        let sandbox = try Sandbox(worker: place.worker, showing: place.folder)
        let hardened = hardened(place.folder)
        return [
            RunRow("a bare program (`true`)") { try program.run("/usr/bin/true", []) },
            RunRow(bubblewrapName) { try program.run("/usr/bin/bwrap", everything) },
            RunRow("`true` in bubblewrap with all that the sandbox shows and hides") {
                try program.run("/usr/bin/bwrap", hardened)
            },
            RunRow(sandboxName) { try ended(sandbox.run(["/usr/bin/true"], limits: RunPlace.limits)) },
            try RunRow("`true` by runc, a container for each", peer: "runc") { path in
                let bundle = try place.makeBundle()
                return { try program.run(path, ["run", "--bundle", bundle, "amx-bench-\(getpid())"]) }
            },
            RunRow(killName) { try overrun(sandbox, "loop.py") },
            RunRow(busyKillName) { try overrun(sandbox, "busy.py") },
        ]
    }

    private static let everything = ["--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "/usr/bin/true"]

    /// What bubblewrap is given for a sandbox where nothing of it is made ahead, without descriptors.
    private static func hardened(_ folder: String) -> [String] {
        let view = SandboxView(
            shown: [SandboxView.Shown(folder, at: Sandbox.capsulePath)], environment: Sandbox.environment,
            directory: Sandbox.capsulePath, temporaryBytes: RunPlace.limits.temporaryBytes)
        return Bubblewrap(view).words + ["--", "/usr/bin/true"]
    }

    private static func ended(_ body: @autoclosure () throws -> SandboxResult) throws -> Double {
        try time {
            guard try body().ending == .exited(0) else { throw Program.Failure(description: "it did not run") }
        }
    }

    /// By how many milliseconds a program that never ends outlives its deadline.
    private static func overrun(_ sandbox: Sandbox, _ file: String) throws -> Double {
        var limits = RunPlace.limits
        limits.milliseconds = 100
        let time = try time {
            let result = try sandbox.run(["/usr/bin/python3", file], limits: limits)
            guard result.ending == .timedOut else { throw Program.Failure(description: "it was not killed") }
        }
        return time - 100
    }
}
