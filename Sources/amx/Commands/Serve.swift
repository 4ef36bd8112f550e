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
              amx serve
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
        let (output, errors) = (MessageOutput(.output), MessageOutput(.error))
        let agent = Mutex<AgentServer?>(nil)
        let served = try ServedWorkspace(place.workspace, wanted) { line in
            if !isQuiet { errors.tell(line) }
        } changed: {
            agent.withLock { $0 }?.tellOfOtherTools()
        }
        _ = try served.refresh()
        if !isQuiet { errors.tell("tools: \(served.tools.count), capsules: \(served.count)") }
        if !isQuiet, isatty(STDIN_FILENO) == 1 {
            errors.tell("waiting for the messages of a client, as `amx serve --help` shows; Ctrl-D ends it")
        }
        let server = AgentServer(served) { output.write($0) }
        agent.withLock { $0 = server }
        let watch = WorkspaceWatch(served) { server.tellOfOtherTools() }
        served.watchHealth()
        let result = Result { try Self.listen(server) }
        server.finish(wanted: (try? result.get()) != nil)
        watch.stop()
        served.drain()
        let closed = Result { try served.close() }
        try result.get()
        try closed.get()
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
}
