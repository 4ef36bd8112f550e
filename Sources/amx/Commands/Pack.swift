import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx pack`.
struct Pack: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack", abstract: "Turn a capsule into its packed form, or write a .kc file elsewhere.",
        usage: "amx pack <id>\namx pack <id[@rev]> -o <file>",
        discussion: """
            Without -o, the capsule's directory becomes a .kc file in its place; refused, with exit status 6, while ignored files \
            would be lost. With -o, the working form or a revision is written to a file and nothing else changes.

            Example:
              amx pack customer-service
              amx pack customer-service@v1.0.0 -o customer-service-1.0.0.kc
            """)

    @Argument(help: ArgumentHelp("The capsule; with -o also a revision.", valueName: "id[@rev]")) var capsule: String?
    @Option(name: [.customShort("o"), .customLong("output")], help: "The file to write.") var file: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let target = try place.revision(capsule)
        let capsule = place.workspace.capsule(target.id)
        let result: FormResult
        if let file {
            result = try capsule.export(target.revision, to: Self.checked(WorkingDirectory.absolute(file)))
        } else if let revision = target.revision {
            throw AmxError(
                .usage, "cannot pack \(target.id)@\(revision) in place: a revision goes to a file",
                hint: "name the file with -o FILE, or leave the revision out")
        } else {
            result = try place.workspace.write { () throws(AmxError) in try capsule.pack() }
        }
        try output.confirm(json: result.json(target.id)) { _ in
            "\(file == nil ? "Packed \(target.id) into" : "Wrote") \(WorkingDirectory.shown(result.path)) "
                + "(\(result.size) bytes)"
        }
    }

    /// A path that a file can be written to.
    static func checked(_ path: String) throws(AmxError) -> String {
        let shown = WorkingDirectory.shown(path)
        guard !Directory.isDirectory(path) else {
            throw AmxError(.failure, "cannot write \(shown): it is a directory", hint: "name a file in it with -o")
        }
        let folder = Directory.parent(of: path)
        guard Directory.isDirectory(folder) else {
            throw AmxError(
                .notFound, "cannot write \(shown): there is no directory \(WorkingDirectory.shown(folder))",
                hint: "make it first, or name another file with -o")
        }
        return path
    }
}
