package import Capsules
import Glibc
package import Objects

/// Keeps what is learned of keys when a capsule's releases come from elsewhere.
package struct ReleaseSightings: Sendable {
    private let workspace: Workspace
    private let id: CapsuleID
    private let place: String

    /// Keeps them for a capsule of a workspace; `place` says where the releases come from.
    package init(_ workspace: Workspace, _ id: CapsuleID, from place: String) {
        self.workspace = workspace
        self.id = id
        self.place = place
    }

    /// The policy that the releases are held against.
    package func policy() throws(AmxError) -> SignaturePolicy { try workspace.signaturePolicy(of: id) }

    /// Takes in all verdicts of one fetch, before anything of it is published.
    ///
    /// When another key stands in a known one's place, that key is noted as refused and `.verification` tells the story; so it is when
    /// an allowed signer's releases come for the first time together with those of a key that nobody has allowed. When no key of the
    /// capsule is known or allowed, those of this fetch become known.
    package func take(_ releases: [IncomingPolicy.ReleaseSignature]) throws(AmxError) {
        let known = workspace.knownSigners
        if let change = releases.first(where: { $0.verdict.hasChangedKey }) {
            try known.add(releases.filter { $0.verdict.hasChangedKey }.compactMap { signer($0, .refused) })
            throw AmxError(
                .verification, "cannot fetch \(id): release \(change.release): \(change.verdict.problem ?? "")",
                hint: change.verdict.hint)
        }
        let sound = releases.filter { [.good, .untrusted].contains($0.verdict.state) }
        let allowed = sound.filter { $0.verdict.trust == .allowed }
        if let first = allowed.first {
            if let stranger = sound.first(where: { $0.verdict.state == .untrusted }), let key = stranger.verdict.key {
                throw AmxError(
                    .verification,
                    "cannot fetch \(id): release \(stranger.release) is signed with \(key.fingerprint), which nobody has allowed, and release \(first.release) by \(first.verdict.signer ?? "an allowed signer")",
                    hint: "find out whose it is, then run `amx trust add NAME '\(key.line)' --user`")
            }
            return try known.add(allowed.compactMap { signer($0, .allowed) })
        }
        if sound.isEmpty { return }
        guard try known.all(of: id).allSatisfy({ $0.standing == .refused }) else { return }
        try known.add(sound.compactMap { signer($0, .firstUse) })
    }

    private func signer(_ release: IncomingPolicy.ReleaseSignature, _ standing: KnownSigner.Standing) -> KnownSigner? {
        guard let key = release.verdict.key else { return nil }
        return KnownSigner(
            capsule: id, key: key, principal: release.tagger, release: release.release, place: place,
            time: Int64(Glibc.time(nil)), standing: standing)
    }
}
