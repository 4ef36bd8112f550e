import Objects

/// A kind of file that a command line names.
enum FileArgument: String {
    case container = "a .kc file"
    case bundle = "a bundle"

    /// The command that makes one.
    private var maker: String {
        switch self {
        case .container: "amx pack"
        case .bundle: "amx bundle"
        }
    }

    /// Throws where a file cannot be read as one: `.notFound` for none, `.failure` for a directory. What the command does stands in the
    /// message, such as `unpack`.
    func check(_ name: String, to purpose: String) throws(AmxError) {
        guard Directory.exists(name) else {
            throw AmxError(
                .notFound, "cannot \(purpose) \(name): there is no such file",
                hint: "check the path, or make one with `\(maker)`")
        }
        guard !Directory.isDirectory(name) else {
            throw AmxError(.failure, "cannot \(purpose) \(name): it is a directory", hint: "name \(rawValue)")
        }
    }
}
