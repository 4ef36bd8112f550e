import Capsules
import Objects

/// A bundle as a command line names it.
enum BundleFile {
    /// Throws where it cannot be read as one: `.notFound` for none, `.failure` for a directory. What the command does stands in the
    /// message, such as `verify`.
    static func check(_ name: String, to purpose: String) throws(AmxError) {
        guard Directory.exists(name) else {
            throw AmxError(
                .notFound, "cannot \(purpose) \(name): there is no such file",
                hint: "check the path, or make one with `amx bundle`")
        }
        guard !Directory.isDirectory(name) else {
            throw AmxError(.failure, "cannot \(purpose) \(name): it is a directory", hint: "name a bundle")
        }
    }
}
