import Foundation
import Glibc
import TestSupport
import Testing

/// Ctrl-C in the middle of a transfer, and servers that trickle.
@Suite(.onTestThreads) struct InterruptionTests {
    /// A hub with a capsule of some hundred kilobytes that don't shrink.
    private func filled(_ ids: [String] = ["demo"]) throws -> (hub: HubProcess, ada: AmxTool) {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        var generator = SeededGenerator(seed: 5)
        for id in ids {
            try ada.json("new", id)
            try ada.write(id, "knowledge/noise.txt", Data(generator.bytes(300_000)).base64EncodedString())
        }
        try ada.json("commit", "-m", "Start")
        try ada.json("push")
        return (hub, ada)
    }

    private func entries(_ path: String) -> [String] {
        FileManager.default.enumerator(atPath: path)?.allObjects.compactMap { $0 as? String } ?? []
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aCloneThatIsInterruptedLeavesNothing(signal: Int32) throws {
        let (hub, ada) = try filled()
        let proxy = try ProxyProcess(slowing: hub.url, size: 2_000, pause: 0.05, free: 3_000)
        let grace = try AmxTool("Grace", token: hub.token)
        let target = grace.home.appending("copy")
        let clone = try grace.start("clone", "http://127.0.0.1:\(proxy.port)/acme/demo.git", target)
        // The new directory gets its name when everything is there.
        let home = grace.home.path
        #expect(Patience.waits { entries(home).contains { $0.hasPrefix(".copy.clone") && $0.contains("incoming-") } })
        clone.send(signal)
        #expect(clone.waitUntilExit() == 130)
        #expect(entries(home).filter { $0.contains("copy") } == [])
        try grace.json("clone", "\(hub.remote)/demo.git", target)
        #expect(try grace.at(target).show("demo") == ada.show("demo"))
    }

    @Test func aPullOfSeveralKeepsThoseThatAreDone() throws {
        let ids = (0..<9).map { "c\($0)" }
        let (hub, ada) = try filled(ids)
        let proxy = try ProxyProcess(slowing: hub.url, size: 4_000, pause: 0.01, free: 3_000)
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: "http://127.0.0.1:\(proxy.port)/acme")
        let pull = try grace.start(
            "pull", "origin", ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], ids[7], ids[8])
        #expect(Patience.waits { FileManager.default.fileExists(atPath: grace.repository(ids[0])) })
        pull.send(SIGINT)
        #expect(pull.waitUntilExit() == 130)
        let status = try grace.json("status")["capsules"].array
        #expect((1..<9).contains(status.count), "\(status)")
        #expect(status.allSatisfy { $0["state"].string == "clean" })
        let store = "\(grace.directory)/.aimatrix/store"
        #expect(
            entries(store).filter {
                $0.contains(".pull-") || $0.contains("incoming-") || $0.hasSuffix("packed-refs.lock")
            } == [])
        try grace.json("remote", "set-url", "origin", hub.remote)
        #expect(try grace.run(["pull", "origin"] + ids).status == 0)
        for id in ids { #expect(try grace.show(id) == ada.show(id)) }
    }

    @Test func aPushThatIsInterruptedChangesNothing() throws {
        let (hub, ada) = try filled()
        let before = try hub.refs("demo")
        // A server that stops reading: the push hangs in the middle of its pack.
        let script = """
            import socket, sys, threading, os
            port = int(sys.argv[1])
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            def back(server, client):
                while data := server.recv(65536):
                    client.sendall(data)
            def serve(client):
                server = socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=back, args=(server, client), daemon=True).start()
                left = 2000000
                while left > 0 and (data := client.recv(min(left, 65536))):
                    server.sendall(data)
                    left -= len(data)
                open(sys.argv[2], "w").close()
                threading.Event().wait()
            def accept():
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
            threading.Thread(target=accept, daemon=True).start()
            sys.stdin.read()
            os._exit(0)
            """
        let (input, output) = (Pipe(), Pipe())
        let mark = ada.home.appending("stuck")
        let server = try RunningProgram(
            "python3", ["-c", script, "\(hub.url.split(separator: ":").last ?? "")", mark],
            input: input.fileHandleForReading.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor)
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        try output.fileHandleForWriting.close()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { line.append(byte) }
        var generator = SeededGenerator(seed: 6)
        try ada.write("demo", "knowledge/noise.txt", Data(generator.bytes(6_000_000)).base64EncodedString())
        try ada.json("commit", "-m", "Noise")
        try ada.json("remote", "add", "stuck", "http://127.0.0.1:\(String(decoding: line, as: UTF8.self))/acme")
        let push = try ada.start("push", "stuck", "demo")
        #expect(Patience.waits { FileManager.default.fileExists(atPath: mark) })
        push.send(SIGINT)
        #expect(push.waitUntilExit() == 130)
        #expect(try hub.refs("demo") == before)
        try ada.json("push", "origin", "demo")
        #expect(try hub.refs("demo")["refs/heads/main"] == ada.show("demo").commit)
        try ada.check("demo")
    }

    @Test func aServerThatTricklesIsGivenUp() throws {
        let (hub, _) = try filled()
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        // In the middle of the first answer, and in the middle of a pack.
        for free in [0, 20_000] {
            let proxy = try ProxyProcess(slowing: hub.url, size: 1, pause: 0.2, free: free)
            try grace.json("remote", "set-url", "origin", "http://127.0.0.1:\(proxy.port)/acme")
            let start = ContinuousClock.now
            let outcome = try grace.run(["pull", "origin", "demo"], with: ["AMX_STALL_TIMEOUT": "2"])
            #expect(outcome.status == 8, "\(outcome.errors)")
            #expect(outcome.errors.contains("sent and took only"), "\(outcome.errors)")
            #expect(ContinuousClock.now - start < .seconds(120))
        }
        #expect(try grace.json("status")["capsules"].array.isEmpty)
    }
}
