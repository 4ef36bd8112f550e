import Foundation
import TestSupport
import Testing

/// Components of WebAssembly, with `amx run`.
@Suite(.onTestThreads) struct ComponentTests {
    private static let file = "components/main.wasm"

    /// A module with data in its memory and three functions: `greet` returns, `loop` does not, and `bomb` takes all memory that it gets and
    /// ends itself when there is none.
    private static let module: [UInt8] = [
        0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x04, 0x03,
        0x00, 0x00, 0x00, 0x05, 0x03, 0x01, 0x00, 0x01, 0x07, 0x20, 0x04, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72,
        0x79, 0x02, 0x00, 0x05, 0x67, 0x72, 0x65, 0x65, 0x74, 0x00, 0x00, 0x04, 0x6c, 0x6f, 0x6f, 0x70, 0x00,
        0x01, 0x04, 0x62, 0x6f, 0x6d, 0x62, 0x00, 0x02, 0x0a, 0x1d, 0x03, 0x03, 0x00, 0x01, 0x0b, 0x07, 0x00,
        0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b, 0x0f, 0x00, 0x03, 0x40, 0x41, 0x01, 0x40, 0x00, 0x41, 0x7f, 0x47,
        0x0d, 0x00, 0x0b, 0x00, 0x0b, 0x0b, 0x0a, 0x01, 0x00, 0x41, 0x08, 0x0b, 0x04, 0x64, 0x61, 0x74, 0x61,
    ]

    /// A workspace whose capsule `c` has the module's functions as tools.
    private static func work() throws -> AmxTool {
        let work = try AmxTool().workspace()
        try work.json("new", "c", "--template", "wasm")
        let folder = "\(work.directory)/knowledge/capsules/c"
        try Data(module).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
        let sum = try Tool.run("sha256sum", [file], in: folder).text.split(separator: " ")[0]
        let tools = ["greet", "loop", "bomb"].map {
            #"{"name": "\#($0)", "description": "d", "inputSchema": {}, "handler": "component:main#\#($0)"}"#
        }
        try work.write(
            "c", "manifest.json",
            """
            {"id": "c", "name": "C", "version": "0.1.0", "tools": [\(tools.joined(separator: ","))],
             "components": [{"id": "main", "file": "\(file)", "hash": "sha256:\(sum)"}]}
            """)
        return work
    }

    @Test func aChangedComponentIsRefused() throws {
        let work = try AmxTool().workspace()
        try work.json("new", "greeter", "--template", "wasm")
        #expect(try work.json("run", "greeter")["result"]["greeting"].string == "Hello, world")
        let path = "\(work.directory)/knowledge/capsules/greeter/\(Self.file)"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try (bytes + [0]).write(to: URL(fileURLWithPath: path))
        try work.fails(
            5, "run", "greeter", saying: "cannot run the component 'main': components/main.wasm has the hash sha256:")
        let events = try work.json("events", "greeter")["events"].array
        #expect(events.last?["payload"]["outcome"].string == "setup_failed")
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try work.run("run", "greeter").status == 0)
    }

    /// What another one has released runs as it was.
    @Test func anInstalledComponentRuns() throws {
        let hub = try AmxTool().workspace()
        try hub.json("new", "greeter", "--template", "wasm")
        try hub.json("commit", "-m", "Start")
        try hub.json("release", "greeter")
        let user = try AmxTool("Bob").workspace(remote: hub.directory)
        try user.json("add", "greeter", "--approve")
        let result = try user.json("run", "greeter", #"{"name": "Bob"}"#)
        #expect(result["result"]["greeting"].string == "Hello, Bob")
        #expect(result["outcome"].string == "ok")
    }

    /// Tools, the milliseconds that each has, and how it ends.
    private static let outcomes =
        [("greet", "60000", "ok", 0), ("loop", "2000", "timeout", 1), ("bomb", "60000", "oom", 1)]
        as [(String, String, String, Int32)]

    @Test func everyToolHasItsOutcome() throws {
        let work = try Self.work()
        for (tool, milliseconds, outcome, status) in Self.outcomes {
            let run = try work.run("run", "c.\(tool)", "--timeout", milliseconds, "--json")
            #expect(run.status == status)
            #expect(try JSONNode(run.output)["outcome"].string == outcome, "\(tool): \(run.errors)")
        }
        #expect(try work.json("tools")["tools"].array.allSatisfy { $0["engine"].string == "wasm" })
    }

    // MARK: Where something is missing

    private static let isRoot = geteuid() == 0

    /// Where memory is watched, there are no files in memory either.
    @Test(.enabled(if: isRoot, "only root takes away what the system has"), arguments: [false, true])
    func withoutControlGroupsItIsTheSame(_ ordinary: Bool) throws {
        let work = try Self.work()
        let lines = ordinary ? ":" : "mount -t tmpfs none /sys/fs/cgroup"
        for (tool, milliseconds, outcome, status) in Self.outcomes {
            let run = try work.run(
                ["run", "c.\(tool)", "--timeout", milliseconds, "--json"], without: lines, ordinary: ordinary)
            #expect(run.status == status, "\(run.errors)")
            let result = try JSONNode(run.output)
            #expect(result["outcome"].string == outcome, "\(tool): \(run.errors)")
            #expect(result["resourceUsage"]["memoryWatched"].bool == true)
        }
    }

    @Test(.enabled(if: isRoot, "only root takes away what the system has"), arguments: [false, true])
    func whatIsMissingIsSaidAndNothingRuns(_ ordinary: Bool) throws {
        let work = try Self.work()
        let library = """
            for each in /usr/local/lib/amx ~/.local/lib/amx; do [ ! -d "$each" ] || mount -t tmpfs none "$each"; done
            """
        let lacks = [
            ("mount --bind /dev/null \"$bin/amx-wasm\"", "/amx-wasm\nhint: `amx-wasm` belongs beside `amx-worker`"),
            (library, "libwasmtime-50.0.1.so\nhint: run `hooks/setup` of Amx's source, which puts it there"),
        ]
        for (lines, error) in lacks {
            let outcome = try work.run(["run", "c.greet"], without: lines, ordinary: ordinary)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("cannot run WebAssembly: there is no "), "\(outcome.errors)")
            #expect(outcome.errors.contains(error), "\(outcome.errors)")
            let doctor = try work.run(["doctor", "--json"], without: lines, ordinary: ordinary)
            let checks = try JSONNode(doctor.output)["checks"].array
            #expect(checks.first { $0["name"].string == "wasm" }?["state"].string == "missing")
            #expect(checks.first { $0["name"].string == "js" }?["state"].string == "ok")
        }
    }
}
