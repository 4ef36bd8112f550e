import Capsules
import Objects

/// How a server of a manifest is started: the words of its command as the sandbox sees them, its variables, and the file whose content the
/// manifest says.
struct ServerCommand: Hashable, Sendable {
    let words: [String]
    let environment: [String: String]
    private let hashed: HashedFile?

    /// Reads a declaration.
    ///
    /// `folder` is where the capsule's files are, `interpreters` the paths in the sandbox of `python3` and `node`, `settings` the values of the
    /// capsule's configuration. `.failure` where one of these is asked for and missing, or where a hash is of no file.
    init(
        _ server: MCPServer, folder: String, interpreters: [String: String], settings: [String: String]
    ) throws(AmxError) {
        var environment: [String: String] = [:]
        for (name, value) in server.environment.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .text(let text): environment[name] = text
            case .configuration(let key):
                guard let text = settings[key] else {
                    throw AmxError(
                        .failure,
                        "cannot start the server '\(server.id)': its variable \(name) is the setting '\(key)', "
                            + "which has no value",
                        hint: "set '\(key)' in the capsule's configuration")
                }
                environment[name] = text
            }
        }
        self.environment = environment
        let file: String?
        switch server.command {
        case .file(let declared):
            let path = try CapsuleProgram.resolve(declared, in: folder)
            words = ProcessRunner.command(path) + server.arguments
            file = "\(folder)/\(path.string)"
        case .interpreter(let name):
            words = [interpreters[name] ?? "/usr/bin/\(name)"] + server.arguments
            // The interpreter is the machine's own; what the capsule says is what the script is.
            let script = server.arguments.first.flatMap { $0.hasPrefix("-") ? nil : try? TreePath($0) }
            file = script.map { "\(folder)/\($0.string)" }
        case .program(let name):
            words = ["/usr/bin/\(name)"] + server.arguments
            file = "/usr/bin/\(name)"
        }
        guard let digest = server.hash else {
            hashed = nil
            return
        }
        guard let file else {
            throw AmxError(
                .failure, "cannot start the server '\(server.id)': its hash is that of a script, and it has none",
                hint: "name the script as the first of 'args', or remove 'hash'")
        }
        var isProgram = false
        if case .program = server.command { isProgram = true }
        hashed = HashedFile(path: file, folder: isProgram ? nil : folder, digest: digest)
    }

    /// Compares the file with what the manifest says; `.verification` where it has another content or is not there.
    func verify(_ id: String) throws(AmxError) { try hashed?.verify("cannot start the server '\(id)'") }
}
