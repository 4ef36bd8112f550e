import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx bundle show`.
struct BundleShow: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say what is in a bundle.",
        discussion: """
            Holds the archive against its bundle.json, and looks at the signature; `amx bundle verify` looks at the releases, too.

            Example:
              amx bundle show support.kcbundle
            """)

    @Argument(help: ArgumentHelp("The bundle.", valueName: "file")) var file: String
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        try FileArgument.bundle.check(file, to: "show")
        let reader = try BundleReader(file)
        let verdict = reader.verdict(by: try Workspace.allowedSigners((try? Place(settling: false))?.workspace))
        var json = reader.bundle.json.object ?? JSONObject()
        json["path"] = .string(file)
        json["size"] = .count(reader.archive.size)
        json["signature"] = verdict.json
        try output.show(json: .object(json)) { style in
            var table = Table()
            for capsule in reader.bundle.capsules {
                table.add(
                    style.bold(capsule.id.string), capsule.version.text, capsule.digest.text,
                    Style.visible(capsule.source))
            }
            let signature = verdict.state == .none ? "not signed" : verdict.line
            return "\(style.bold(reader.bundle.name)), \(signature)\n\(table.text())"
        }
        let problems = [reader.problem(with: verdict, isRequired: false)].compactMap(\.self)
        try BundleProblems.check(problems, "cannot trust \(file)")
    }
}
