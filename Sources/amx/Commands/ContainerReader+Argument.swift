import Capsules
import Objects

extension ContainerReader {
    /// Throws where a `.kc` file that a command line names cannot be read as one: `.notFound` for none, `.failure` for a directory. What
    /// the command does stands in the message, such as `unpack`.
    static func check(_ name: String, to purpose: String) throws(AmxError) {
        guard Directory.exists(name) else {
            throw AmxError(
                .notFound, "cannot \(purpose) \(name): there is no such file",
                hint: "check the path, or make one with `amx pack`")
        }
        guard !Directory.isDirectory(name) else {
            throw AmxError(.failure, "cannot \(purpose) \(name): it is a directory", hint: "name a .kc file")
        }
    }
}
