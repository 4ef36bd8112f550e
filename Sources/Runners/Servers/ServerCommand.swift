import Capsules
import Glibc
import Isolation
import Objects

/// How a server of a manifest is started: the words of its command as the sandbox sees them, its variables, and the file whose content the
/// manifest says.
struct ServerCommand: Hashable, Sendable {
    let words: [String]
    let environment: [String: String]
    private let hashed: HashedFile?

    /// A file, the folder in which no link is followed on the way to it, and what its content must be.
    private struct HashedFile: Hashable, Sendable {
        var path: String
        var folder: String?
        var digest: SHA256Digest
    }

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
    func verify(_ id: String) throws(AmxError) {
        guard let hashed else { return }
        let (path, digest) = (hashed.path, hashed.digest)
        let found: SHA256Digest?
        do throws(AmxError) { found = try Self.hash(path, below: hashed.folder) } catch {
            throw AmxError(.verification, "cannot start the server '\(id)': \(error.message)", hint: error.hint)
        }
        guard found == digest else {
            throw AmxError(
                .verification,
                "cannot start the server '\(id)': \(path) has the hash \(found.map { "sha256:\($0)" } ?? "of no file")"
                    + ", the manifest says sha256:\(digest)",
                hint: "install the capsule anew; if the change is yours, write the new hash into the manifest")
        }
    }

    /// The hash of a regular file; nil where there is none.
    private static func hash(_ path: String, below folder: String?) throws(AmxError) -> SHA256Digest? {
        if let folder {
            // A link leads elsewhere in the sandbox than it does here, so none is followed.
            var parent = Directory.parent(of: path)
            while parent.utf8.count > folder.utf8.count {
                guard Directory.isFolder(parent) else { return nil }
                parent = Directory.parent(of: parent)
            }
        }
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK | (folder == nil ? 0 : O_NOFOLLOW))
        guard try file.status().st_mode & S_IFMT == S_IFREG else { throw AmxError.notRegular(path) }
        let hasher = SHA256Hasher()
        var position = 0
        while true {
            let bytes = try file.read(at: position, count: 1 << 18)
            if bytes.isEmpty { return hasher.finish() }
            hasher.update(bytes)
            position += bytes.count
        }
    }
}
