import Glibc

/// A folder of packs whose transfer broke off, so that the rest can be asked for: `<folder>/<group>/<name>/`.
///
/// What lies here is never trusted and may be deleted at any time. Safe for several processes at once.
package struct KeptPacks: Sendable {
    /// How much may lie in a folder, and for how long.
    package struct Bounds: Sendable, Hashable {
        /// Seconds after which a pack that nobody went on with is removed.
        package var seconds = 7 * 86_400
        /// Bytes of one group.
        package var groupBytes = 1 << 30
        /// Bytes of all groups.
        package var bytes = 1 << 30

        /// A week, and 1 GiB in all.
        package init() {}
    }

    /// The folder; it is made when something is kept.
    package let folder: String
    private let bounds: Bounds

    /// Uses a folder, which need not exist.
    package init(in folder: String, bounds: Bounds = Bounds()) {
        self.folder = folder
        self.bounds = bounds
    }

    /// The place for one transfer's pack; nil while another one uses it, and where nothing can be written.
    ///
    /// Both parts of the name are single components that the caller has chosen.
    package func open(group: String, name: String) -> KeptPack? {
        try? KeptPack(at: "\(folder)/\(group)/\(name)")
    }

    /// The same where something is kept already; nil where nothing is.
    package func openExisting(group: String, name: String) -> KeptPack? {
        guard Directory.isFolder("\(folder)/\(group)/\(name)"), let kept = open(group: group, name: name) else {
            return nil
        }
        return kept.note == nil ? nil : kept
    }

    /// Removes what is too old, and the oldest while it is too much; what is in use stays. Failures are passed over.
    package func sweep(now: Int = time(nil)) {
        guard Directory.isFolder(folder) else { return }
        var entries: [(path: String, group: String, bytes: Int, time: Int)] = []
        for group in Self.names(folder) {
            let names = Self.names("\(folder)/\(group)")
            // Not one that another process makes this moment: that fails and is not kept, no more.
            if names.isEmpty { rmdir("\(folder)/\(group)") }
            for name in names {
                let path = "\(folder)/\(group)/\(name)"
                let size = KeptPack.extent(of: path)
                entries.append((path, group, size.bytes, size.time))
            }
        }
        entries.sort { $0.time < $1.time }
        var total = entries.reduce(0) { $0 + $1.bytes }
        var groups: [String: Int] = [:]
        for entry in entries { groups[entry.group, default: 0] += entry.bytes }
        for entry in entries {
            let isOld = now - entry.time > bounds.seconds || entry.time - now > bounds.seconds
            let ofGroup = groups[entry.group] ?? 0
            guard isOld || total > bounds.bytes || ofGroup > bounds.groupBytes else { continue }
            guard KeptPack.remove(entry.path) else { continue }
            total -= entry.bytes
            groups[entry.group] = ofGroup - entry.bytes
        }
    }

    private static func names(_ path: String) -> [String] {
        ((try? Directory.names(in: path)) ?? []).map { String(decoding: $0, as: UTF8.self) }
    }
}
