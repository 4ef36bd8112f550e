import Foundation
import TestSupport
import Testing

/// Components of WebAssembly, with `amx run`.
@Suite(.onTestThreads) struct ComponentTests {
    private static let file = "components/main.wasm"

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

    /// What another one has released runs as it was, and not once it is something else.
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

    @Test func whatDoesNotEndIsEnded() throws {
        let work = try AmxTool().workspace()
        try work.json("new", "greeter", "--template", "wasm")
        // A function `main` with an endless loop.
        let module: [UInt8] = [
            0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 0x6D, 0x61, 0x69, 0x6E, 0, 0,
            0x0A, 9, 1, 7, 0, 3, 0x40, 0x0C, 0, 0x0B, 0x0B,
        ]
        let folder = "\(work.directory)/knowledge/capsules/greeter"
        try Data(module).write(to: URL(fileURLWithPath: "\(folder)/\(Self.file)"))
        let sum = try Tool.run("sha256sum", [Self.file], in: folder).text.split(separator: " ")[0]
        let manifest = """
            {"id": "greeter", "name": "Greeter", "version": "0.1.0", "runtime": {"main": "component:main#main"},
             "components": [{"id": "main", "file": "\(Self.file)", "hash": "sha256:\(sum)"}]}
            """
        try manifest.write(toFile: "\(folder)/manifest.json", atomically: true, encoding: .utf8)
        let run = try work.run("run", "greeter", "--timeout", "500", "--json")
        #expect(run.status == 1)
        #expect(try JSONNode(run.output)["outcome"].string == "timeout", "\(run.text) \(run.errors)")
    }
}
