import ArgumentParser
import Capsules
import Objects

/// `amx unpack`.
struct Unpack: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack", abstract: "Unpack a .kc file into a directory.",
        discussion: """
            Works in or out of a workspace, and with any tar archive in zstd frames that keeps the rules for capsules. All of it \
            is checked; the directory, by default named as the file without its ending, appears whole or not at all, and must be \
            missing or empty.

            Example:
              amx unpack product-catalog.kc catalog
            """)

    @Argument(help: "The .kc file.") var file: String
    @Argument(help: ArgumentHelp("The directory to unpack it to.", valueName: "dir")) var directory: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        try FileArgument.container.check(file, to: "unpack")
        let target = try WorkingDirectory.absolute(directory ?? defaultTarget())
        try Directory.create(Directory.parent(of: target))
        let contents = try ContainerReader(file).extractCapsule(to: target)
        let size = contents.files.reduce(0) { $0 + $1.size }
        try output.confirm(
            json: ["path": .string(target), "digest": .string(contents.digest.text), "size": .count(size)]
        ) { _ in
            "Unpacked \(file) to \(WorkingDirectory.shown(target)): \(contents.files.count) files, \(contents.digest)"
        }
    }

    /// The file's name without its ending.
    private func defaultTarget() throws(AmxError) -> String {
        let name = Directory.name(of: file)
        guard name.hasSuffix(".kc"), name.utf8.count > 3 else {
            throw AmxError(.usage, "cannot unpack \(file): no directory is named", hint: "name one after the file")
        }
        return String(name.dropLast(3))
    }
}
