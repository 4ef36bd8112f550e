import ArgumentParser
import Capsules
import HubClient
import Objects
import Versions
import Workspaces

/// `amx bundle verify`.
struct BundleVerify: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute every digest of a bundle, and verify its signatures.",
        discussion: """
            Finds what `amx install --bundle` would: the same checks, and nothing is left. In or out of a workspace; in one, its \
            allowed signers and its policy count. Exit status 5 when anything differs or is damaged, or a signature is bad.

            Example:
              amx bundle verify support.kcbundle --require-signed
            """)

    @Argument(help: ArgumentHelp("The bundle.", valueName: "file")) var file: String
    @Flag(help: "Fail unless an allowed key has signed the bundle.") var requireSigned = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        try FileArgument.bundle.check(file, to: "verify")
        let workspace = (try? Place(settling: false))?.workspace
        let folder =
            try workspace?.makeBundleFolder()
            ?? "\(Environment["TMPDIR"] ?? "/tmp")/\(Directory.temporaryName("amx-bundle"))"
        defer {
            if let workspace { workspace.removeBundleFolder(folder) } else { try? Directory.remove(folder) }
        }
        let verification = try BundleVerification(
            file, in: workspace, requiringSignature: requireSigned, folder: folder)
        try output.show(json: json(verification)) { style in text(verification, style) }
        let first = verification.findings.firstIndex { $0.code.errorCode == .verification }
        var findings = verification.findings
        if let first { findings.swapAt(0, first) }
        try BundleProblems.check(findings, "\(file) is not what it should be")
    }

    private func text(_ verification: BundleVerification, _ style: Style) -> String {
        var table = Table()
        let wrong = Set(verification.findings.map(\.subject))
        for release in verification.releases {
            let capsule = release.capsule
            let isWrong = !wrong.isDisjoint(with: [capsule.id.string, capsule.content.file, capsule.history.file])
            table.add(
                isWrong ? style.red("FAILED") : style.green("ok"), "\(capsule.id)@v\(capsule.version.text)",
                capsule.digest.text, release.signature?.line ?? "")
        }
        let mark = verification.isAccepted ? style.green("ok") : style.red("FAILED")
        table.add(mark, file, verification.reader?.bundle.name ?? "", verification.signature?.line ?? "")
        return table.text()
    }

    private func json(_ verification: BundleVerification) -> JSONValue {
        [
            "path": .string(file), "name": .optional(verification.reader?.bundle.name),
            "ok": .bool(verification.isAccepted), "signature": verification.signature?.json ?? .null,
            "capsules": .array(
                verification.releases.map { release in
                    [
                        "id": .string(release.capsule.id.string), "version": .string(release.capsule.version.text),
                        "digest": .string(release.capsule.digest.text),
                        "signature": release.signature?.json ?? .null,
                    ]
                }),
            "findings": .array(verification.findings.map(\.json)),
        ]
    }
}
