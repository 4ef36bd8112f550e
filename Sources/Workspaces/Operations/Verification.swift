package import Capsules
package import Objects

/// The verdict on one subject of `amx verify`.
package struct Verification: Sendable {
    /// What kind of thing was looked at.
    package enum Kind: String, Sendable {
        case capsule
        case file
        case workspace
    }

    /// What kind of thing was looked at.
    package let kind: Kind
    /// What was looked at: `ID`, `ID@v1.0.0`, a file, `workspace`, or `workspace@REV`.
    package let subject: String
    /// The digest of its content, computed anew; nil when the content could not be read.
    package let digest: ContentDigest?
    /// The digest that it should have, as far as anything states one.
    package let expected: String?
    /// Who states it: a trailer, a tag, the lock, or the caller.
    package let source: String?
    /// What is wrong, when it isn't the digest itself: of damage `.verification`, else what any other command would say.
    package let failure: AmxError?
    /// What its signature is worth; nil when it could not be read.
    package let signature: SignatureVerdict?
    /// The reference that it stands under, when the policy requires that to be signed.
    package var required: RefName?

    /// What is wrong in words, when it isn't the digest itself.
    package var problem: String? { failure?.message }

    /// Whether all is as it should be; nobody need have signed it.
    package var isValid: Bool { isIntact && signature?.state != .bad }

    /// Whether the content is what it is said to be.
    package var isIntact: Bool {
        guard failure == nil, let digest else { return false }
        return expected.map { $0 == digest.text } ?? true
    }

    /// Whether all is as it should be, and somebody who was chosen has signed it where that is required, here or by the policy.
    package func isAccepted(requiringSignature: Bool) -> Bool {
        isValid && (!(requiringSignature || required != nil) || signature?.isChosen == true)
    }

    /// The same with a signature that counts for nothing where the content is not what was signed.
    func holding(_ signature: SignatureVerdict) -> Verification {
        let isSpoiled = !isIntact && signature.state != .none
        return Verification(
            kind: kind, subject: subject, digest: digest, expected: expected, source: source, failure: failure,
            signature: isSpoiled ? signature.spoiled("what was signed is not what is here") : signature,
            required: required)
    }
}

extension Verification {
    /// The verdict on a subject that could not be read.
    init(_ kind: Kind, _ subject: String, expected: String? = nil, unreadable error: AmxError) {
        self.init(
            kind: kind, subject: subject, digest: nil, expected: expected, source: nil, failure: error, signature: nil)
    }
}

extension Verification {
    /// The name of the file that holds the signature of a `.kc` file.
    package static func signaturePath(of file: String) -> String { "\(file).sig" }

    /// Reads a whole `.kc` file, checks it against itself and as the capsule that it should be, and compares its digest with the one given.
    ///
    /// A signature beside it is held against those who may sign its capsule, for the workspace or its user alone.
    package init(
        file path: String, of id: CapsuleID? = nil, against digest: String?, in workspace: Workspace?
    ) throws(AmxError) {
        let allowed = try Workspace.allowedSigners(workspace)
        do throws(AmxError) {
            let reader = try ContainerReader(path)
            let contents = try reader.verifyCapsule(id)
            let found = Verification(
                kind: .file, subject: path, digest: contents.digest, expected: digest,
                source: digest.map { _ in "--digest" },
                failure: nil, signature: nil)
            let known = try workspace.map { (workspace) throws(AmxError) in
                let id = try? Manifest.parse(reader.manifestBytes(), file: path).id
                return try id.map { (id) throws(AmxError) in try workspace.knownSigners.all(of: id) } ?? []
            }
            guard
                let armour = try FileContent.read(Self.signaturePath(of: path), limit: SSHSignature.sizeLimit)
            else {
                self = found.holding(SignatureVerdict(.none))
                return
            }
            let signers = TrustedSigners(allowed: allowed, known: known ?? [])
            self = found.holding(signers.judge(file: contents.digest, signature: armour))
        } catch {
            self.init(.file, path, expected: digest, unreadable: error)
        }
    }
}
