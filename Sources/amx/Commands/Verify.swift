import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx verify`.
struct Verify: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute digests from content, and verify signatures.",
        discussion: """
            A capsule: its commit, every release and its packed file, against what commits, tags and amx.lock state. A revision \
            or a .kc file: that one, against --digest where it is given. Exit status 5 when anything differs or is damaged, or a \
            signature is bad; with --require-signed also when a signer is missing or is not one that somebody chose to trust. \
            Exit status 1 for a file that is no .kc file or holds what no capsule may hold.

            Example:
              amx verify customer-service@v1.0.0
              amx verify product-catalog.kc --digest sha256:...
            """)

    @Argument(
        help: ArgumentHelp("Capsules, revisions or .kc files; by default all capsules.", valueName: "id[@rev]|file"))
    var subjects: [String] = []
    @Option(help: ArgumentHelp("The digest that the one subject must have.", valueName: "sha256:hex")) var digest:
        String?
    @Flag(help: "Fail unless an allowed or pinned key has signed every subject.") var requireSigned = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard let digest else { return }
        guard subjects.count == 1 else { throw ValidationError("--digest needs exactly one subject") }
        guard ContentDigest(digest) != nil else {
            throw ValidationError("'\(digest)' is not a digest: sha256: and 64 lower-case hexadecimal digits")
        }
    }

    func run(_ output: Output) throws {
        var results: [Verification] = []
        if subjects.isEmpty {
            let place = try Place()
            for id in try place.ids([]) {
                let capsule = place.workspace.capsule(id)
                // A capsule that was never committed has nothing to compare with.
                if try capsule.repository() != nil || capsule.form() == .packed {
                    results += try verify(capsule, nil)
                }
            }
        }
        for subject in subjects { results += try verify(subject) }
        try output.show(json: ["results": .array(results.map(json))]) { style in
            var table = Table()
            for result in results {
                table.add(
                    isAccepted(result) ? style.green("ok") : style.red("FAILED"),
                    WorkingDirectory.shown(result.subject), result.details, result.signature?.line ?? "")
            }
            return table.text()
        }
        let failed = results.filter { !isAccepted($0) }
        guard let first = failed.first else { return }
        let others = failed.count > 1 ? ", and \(failed.count - 1) more" : ""
        if first.isIntact, let error = first.signature?.shortfall(of: first.subject, code: .verification) {
            throw AmxError(error.code, error.message + others, hint: error.hint)
        }
        // What cannot be a capsule at all, a file that is no .kc for example, gets the verdict of every other command.
        let codes = failed.map { $0.failure?.code ?? .verification }
        throw AmxError(
            codes.first { $0 == .verification } ?? codes.first ?? .verification,
            "\(first.subject) is not what it should be: \(first.details)\(others)",
            hint: first.failure?.hint ?? "do not use it; fetch it again from where it came, or ask who published it")
    }

    private func verify(_ subject: String) throws -> [Verification] {
        if subject.hasSuffix(".kc") || subject.contains("/"), !subject.contains("@") || Directory.exists(subject) {
            guard Directory.exists(subject) else {
                throw AmxError(
                    .notFound, "cannot verify \(subject): there is no such file",
                    hint: "check the path; a capsule is named without .kc")
            }
            return [try Verification(file: subject, against: digest, in: (try? Place())?.workspace)]
        }
        let place = try Place()
        let target = try place.revision(subject)
        return try verify(place.workspace.capsule(target.id), target.revision)
    }

    /// A capsule that only lies here as a file is verified as one.
    private func verify(_ capsule: WorkspaceCapsule, _ revision: String?) throws -> [Verification] {
        if revision == nil, try capsule.repository() == nil, try capsule.form() == .packed {
            let workspace = capsule.workspace
            return [
                try Verification(file: workspace.packedPath(capsule.id), of: capsule.id, against: digest, in: workspace)
            ]
        }
        return try capsule.verify(revision, against: digest)
    }

    private func isAccepted(_ result: Verification) -> Bool {
        result.isValid && (!requireSigned || result.signature?.isChosen == true)
    }

    private func json(_ result: Verification) -> JSONValue {
        [
            "subject": .string(result.subject), "digest": .optional(result.digest?.text),
            "expected": .optional(result.expected), "source": .optional(result.source), "ok": .bool(isAccepted(result)),
            "problem": .optional(result.problem), "signature": result.signature?.json ?? .null,
        ]
    }
}
