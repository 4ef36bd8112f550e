package import Capsules
import Objects
import Versions
package import Workspaces

/// The whole verdict on a bundle: all that installing it would hold against it, and nothing left behind.
package struct BundleVerification {
    /// What there is to say of one release.
    package struct Release: Sendable {
        /// What the bundle says of it.
        package let capsule: BundledCapsule
        /// What the signature of its tag is worth; nil where the bundle could not be taken apart.
        package let signature: SignatureVerdict?
    }

    /// What is wrong, in the order in which it was found.
    package private(set) var findings: [BundleFinding] = []
    /// The bundle; nil where it is none.
    package private(set) var reader: BundleReader?
    /// What the bundle's signature is worth; nil where it is no bundle.
    package private(set) var signature: SignatureVerdict?
    /// Its releases.
    package private(set) var releases: [Release] = []

    /// Looks at a file, by the rules of a workspace, or of its user alone; `folder` is made for what is needed meanwhile.
    ///
    /// Throws what keeps it from being looked at.
    package init(
        _ path: String, in workspace: Workspace?, requiringSignature isRequired: Bool, folder: String
    ) throws {
        let opened: BundleReader
        do throws(AmxError) {
            opened = try BundleReader(path)
        } catch {
            try take(error)
            return
        }
        reader = opened
        let verdict = opened.verdict(by: try Workspace.allowedSigners(workspace))
        signature = verdict
        if let problem = opened.problem(with: verdict, isRequired: isRequired) { findings.append(problem) }
        do throws(AmxError) {
            try Directory.create(folder, mode: 0o700)
            let store = try BundleStore(opened, in: folder)
            for capsule in opened.bundle.capsules { releases.append(try look(at: capsule, in: store, workspace)) }
        } catch {
            try take(error)
            releases = opened.bundle.capsules.map { Release(capsule: $0, signature: nil) }
        }
    }

    /// Whether it can be installed, as far as it is up to the bundle.
    package var isAccepted: Bool { findings.isEmpty }

    /// Notes an error as what is wrong with the bundle; throws one that is not about the bundle.
    private mutating func take(_ error: AmxError) throws(AmxError) {
        guard let problems = error.cause as? BundleProblems else { throw error }
        findings += problems.findings
    }

    /// Fetches a release as an installation does, into a repository that goes again, and holds its signature against the policy.
    private mutating func look(
        at capsule: BundledCapsule, in store: BundleStore, _ workspace: Workspace?
    ) throws(AmxError) -> Release {
        let path = "\(store.folder)/checked"
        defer { try? Directory.remove(path) }
        let repository = try Repository.create(at: path, isTemporary: true)
        var verdict: SignatureVerdict?
        do {
            let result = try Fetch(
                capsule.id, from: LocalRemote(capsule.id, in: store.folder), named: "bundle", into: repository
            ).run()
            if let failure = result.failure("take") { throw failure }
            guard let name = RefName(tag: "v\(capsule.version.text)") else {
                return Release(capsule: capsule, signature: nil)
            }
            let policy =
                try workspace.map { (workspace) throws(AmxError) in try workspace.signaturePolicy(of: capsule.id) }
                ?? SignaturePolicy(by: TrustedSigners(allowed: try Workspace.allowedSigners(nil)))
            let found = try policy.signers.judge(
                release: "v\(capsule.version.text)", tag: repository.read(capsule.tag, as: .tag), id: capsule.tag)
            verdict = found
            try policy.check(found, of: "\(capsule.id)@v\(capsule.version.text)", as: name)
        } catch let error as AmxError {
            if error.code == .interrupted { throw error }
            guard verdict != nil else {
                findings.append(BundleFinding(capsule.id.string, error))
                return Release(capsule: capsule, signature: nil)
            }
            findings.append(
                BundleFinding(
                    error.code == .denied ? .denied : .signature, capsule.id.string, error.message, hint: error.hint))
        } catch {
            throw AmxError(.failure, "cannot look at \(capsule.id): \(error)")
        }
        return Release(capsule: capsule, signature: verdict)
    }
}
