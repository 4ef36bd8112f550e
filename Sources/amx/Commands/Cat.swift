import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx cat`.
struct Cat: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat", abstract: "Print a file of a capsule, byte for byte.",
        usage: "amx cat <id[@rev]> <path>",
        discussion: """
            With a revision, the file as it was there; without one, the file of the working form, packed or not.

            Example:
              amx cat customer-service@v1.0.0 manifest.json
            """)

    @Argument(
        help: ArgumentHelp("The capsule and revision; may be left out in its directory.", valueName: "id[@rev]> <path"))
    var arguments: [String]
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (1...2).contains(arguments.count) else {
            throw ValidationError("Expected a capsule and one path: amx cat ID[@REV] PATH")
        }
    }

    func run(_ output: Output) throws {
        guard let path = arguments.last else { return }
        let place = try Place()
        let target = try place.revision(place.id(before: "a path", of: arguments))
        let bytes = try place.workspace.capsule(target.id).cat(target.revision, path: path)
        try output.show(json: Self.json(target, path, bytes)) { _ in bytes }
    }

    /// The content as text when it is UTF-8, else in hexadecimal digits.
    private static func json(_ target: CapsuleRevision, _ path: String, _ bytes: [UInt8]) -> JSONValue {
        let text = String(validating: bytes, as: UTF8.self)
        return [
            "id": .string(target.id.string), "revision": .optional(target.revision), "path": .string(path),
            "size": .count(bytes.count), "encoding": .string(text == nil ? "hex" : "utf-8"),
            "content": .string(text ?? hexadecimal(bytes)),
        ]
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
