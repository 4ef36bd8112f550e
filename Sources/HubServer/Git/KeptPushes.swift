import Capsules
import Objects
import Wire

/// The packs of pushes that broke off, each for the token that pushed it.
///
/// Another token learns nothing of them. Blocking.
struct KeptPushes: Sendable {
    private let packs: KeptPacks

    /// Keeps them in a data directory: six hours, 1 GiB of one owner, 4 GiB in all.
    init(_ directory: DataDirectory) {
        var bounds = KeptPacks.Bounds()
        bounds.seconds = 6 * 3_600
        bounds.groupBytes = 1 << 30
        bounds.bytes = 4 << 30
        packs = KeptPacks(in: directory.keptPath, bounds: bounds)
    }

    /// Removes what is too old or too much.
    func sweep() { packs.sweep() }

    /// What a principal may go on with in a repository; nil when there is nothing, or it is in use.
    func offer(_ address: CapsuleAddress, to principal: Principal) -> KeptPush? {
        sweep()
        guard let name = Self.name(address, principal),
            let kept = packs.openExisting(group: address.owner.string, name: name),
            let commands = kept.note.flatMap({ SHA256Digest(bytes: $0) }), let prefix = kept.prefix()
        else { return nil }
        return KeptPush(commands: commands, prefix: prefix)
    }

    /// The place for what comes of a push; nil where it cannot be kept, or another push uses it.
    func open(_ address: CapsuleAddress, for principal: Principal) -> KeptPack? {
        guard let name = Self.name(address, principal) else { return nil }
        return packs.open(group: address.owner.string, name: name)
    }

    private static func name(_ address: CapsuleAddress, _ principal: Principal) -> String? {
        guard case .holder(let token) = principal else { return nil }
        return SHA256Hasher.hash(of: Array("\(address)\n\(token.id)".utf8)).hex
    }
}
