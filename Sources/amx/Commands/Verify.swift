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
            or a .kc file: that one, against --digest where it is given. Without any: all capsules, and the workspace's own \
            history, which `amx workspace verify` looks at alone. Exit status 5 when anything differs or is damaged, or a \
            signature is bad; where policy.requireSigned or --require-signed says so also when a signer is missing or is not one \
            that somebody chose to trust. Exit status 1 for a file that is no .kc file or holds what no capsule may hold.

            Example:
              amx verify customer-service@v1.0.0
              amx verify product-catalog.kc --digest sha256:...
            """)

    @Argument(
        help: ArgumentHelp(
            "Capsules, revisions or .kc files; by default all capsules and the workspace.", valueName: "id[@rev]|file"))
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
            if place.currentID == nil, let own = try Self.verifyOwn(of: place.workspace) { results.append(own) }
        }
        for subject in subjects { results += try verify(subject) }
        try VerificationReport(results: results, requiresSignatures: requireSigned).show(output)
    }

    /// The verdict on the workspace's own history; nil while there is none.
    private static func verifyOwn(of workspace: Workspace) throws(AmxError) -> Verification? {
        guard Directory.exists(workspace.filesRepositoryPath) else { return nil }
        let files = try workspace.files()
        guard let repository = try files.repository(), try files.position(in: repository).head != nil else {
            return nil
        }
        return try files.verify(nil)
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
}
