import Capsules
import Objects
import Versions

/// Withdraws releases, and takes that back, in `refs/amx/meta` of their repositories. Blocking; for several threads.
struct ReleaseYanks: Sendable {
    /// What is wanted of a release.
    enum Change: Sendable {
        /// Withdraw it; without a reason, one that was given before stays.
        case yank(reason: String?)
        /// Take that back.
        case undo
    }

    private let backend: GitBackend

    init(_ backend: GitBackend) { self.backend = backend }

    /// Makes a change, durably, and returns how the release stands after it; `.notFound` when there is no such release.
    func apply(
        _ change: Change, to version: SemanticVersion, of address: CapsuleAddress, by owner: OwnerName
    ) throws -> (yank: Yank?, changed: Bool) {
        guard backend.store.contains(address) else { throw RequestFailure.noRepository(address) }
        return try backend.locks.withLock(address) {
            let repository = try backend.store.open(address)
            let refs = try repository.refs.snapshot()
            guard let name = RefName(tag: "v\(version.text)"), refs[name]?.peeled != nil else {
                throw RequestFailure.notFound(
                    "there is no release \(version.text) of \(address)",
                    hint: "`amx ls-remote` lists the releases that were pushed")
            }
            var meta = try CapsuleMeta(of: repository, refs)
            let before = meta.yanks[version.text]
            let after: Yank? =
                switch change {
                case .undo: nil
                case .yank(let reason):
                    before.map { Yank(time: $0.time, owner: $0.owner, reason: reason ?? $0.reason) }
                        ?? Yank(time: Signature.now(name: "", email: "").time, owner: owner, reason: reason)
                }
            guard before != after else { return (after, false) }
            meta.setYank(after, of: version.text)
            let subject = after == nil ? "Take back the yank of \(version.text)" : "Yank \(version.text)"
            try meta.write(
                to: repository, refs, by: owner,
                message: after?.reason.map { "\(subject)\n\n\($0)" } ?? subject)
            return (after, true)
        }
    }
}
