import Capsules
package import Objects

/// Signs batches of events, where that is wanted, with a key that answers without anybody being asked.
///
/// Events are folded by whatever command comes along, so nothing of this may prompt or wait for long. Ed25519 makes the same signature of
/// the same bytes each time, and so the same commit.
package struct BatchSigner {
    /// How long the program may take: an agent that asks somebody is not waited for.
    private static let seconds = 10

    private let signer: Signer

    /// Finds the key; nil where batches are not to be signed. Throws why they cannot be.
    package init?(_ workspace: Workspace) throws(AmxError) {
        let settings = try SigningSettings(workspace)
        guard try settings.signsEvents() else { return nil }
        let key = try settings.signingKey()
        // One in hardware would wait for a touch.
        if let type = try key.publicKey(), !type.isSupported {
            throw AmxError(
                .usage, "cannot sign with \(key.name): it is of the type \(type.type)",
                hint: "events are signed with Ed25519 keys: `amx key new` makes one")
        }
        signer = Signer(
            key, program: try settings.program(hasTerminal: false, seconds: Self.seconds),
            folder: Self.folder(of: workspace))
    }

    /// A commit object's bytes with their signature, where git puts it.
    package func sealed(_ commit: [UInt8]) throws(AmxError) -> [UInt8] {
        SignedObject.commit(commit, signedBy: try signer.signature(of: commit, for: .git))
    }

    /// Why the next batch would not be signed although it should be; nil where it would be, or need not be.
    package static func obstacle(in workspace: Workspace) -> AmxError? {
        do throws(AmxError) {
            _ = try BatchSigner(workspace)?.sealed(Array("amx audit\n".utf8))
            return nil
        } catch {
            return error
        }
    }

    /// The folder of what signing needs meanwhile: folding holds no lock of the workspace, under which its other temporary files live.
    static func folder(of workspace: Workspace) -> String { "\(workspace.cacheDirectory)/signing" }
}
