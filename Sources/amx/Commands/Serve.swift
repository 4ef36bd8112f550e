import ArgumentParser
import Capsules
import Glibc
import Objects
import Synchronization
import Workspaces

/// `amx serve`.
struct Serve: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Offer the tools of capsules to an agent (MCP).",
        discussion: """
            Is a server of the Model Context Protocol on standard input and output, until its input ends. Each call runs like `amx run`: \
            in the sandbox, with the limits and the level of its capsule, and as an event. Engines stay for the next call. Capsules that \
            change, come or go while it runs are served as they are then. What a capsule does itself is called by its id, a tool \
            ID__TOOL.

            Example:
              amx -C ~/team serve
              amx serve customer-service word-count
            A client that starts servers is given:
              {"mcpServers": {"capsules": {"command": "amx", "args": ["-C", "/home/me/team", "serve"]}}}
            """)

    @Argument(help: ArgumentHelp("Capsules; by default all that have something to run.", valueName: "id"))
    var ids: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        // A client that is gone ends its input as well.
        signal(SIGPIPE, SIG_IGN)
        let place = try Place()
        let wanted = try ids.isEmpty ? nil : place.ids(ids)
        for id in wanted ?? [] where try place.workspace.capsule(id).form() == nil {
            throw place.workspace.capsule(id).missing()
        }
        let isQuiet = global.quiet
        let agent = Mutex<AgentServer?>(nil)
        let served = ServedWorkspace(place.workspace, wanted) { line in
            if !isQuiet { Self.tell(line) }
        } changed: {
            agent.withLock { $0 }?.tellOfOtherTools()
        }
        _ = try served.refresh()
        if !isQuiet { Self.tell("serving \(served.tools.count) tools of \(served.count) capsules") }
        let lock = Mutex(())
        let server = AgentServer(served) { bytes in
            // Where nobody reads any more, there is nobody to tell.
            lock.withLock { _ in try? StandardStream.output.write(bytes) }
        }
        agent.withLock { $0 = server }
        let watch = WorkspaceWatch(served) { server.tellOfOtherTools() }
        let end = Cancellation()
        // It ends with the process, where it is in the middle of something.
        _ = WorkerThreads.start { served.watchHealth { () throws(AmxError) in try end.check() } }
        let result = Result { try Self.listen(server) }
        server.finish(wanted: (try? result.get()) != nil)
        end.cancel()
        watch.stop()
        served.drain()
        served.close()
        try result.get()
    }

    private static func listen(_ server: AgentServer) throws(AmxError) {
        var lines = MessageLines()
        while let line = try lines.next() {
            switch line {
            case .message(let bytes): server.take(bytes)
            case .tooLong: server.refuseTooLong()
            }
        }
    }

    private static func tell(_ line: String) { try? StandardStream.error.write(Array("\(Style.visible(line))\n".utf8)) }
}
