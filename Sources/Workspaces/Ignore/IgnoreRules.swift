import Objects

/// The `.amxignore` files that hold for a folder: its own and those above it, up to the capsule's root.
struct IgnoreRules: Sendable {
    /// The name of the files.
    static let fileName = ".amxignore"

    private struct Level: Sendable {
        let depth: Int
        let patterns: [IgnorePattern]
    }

    private var levels: [Level] = []

    /// Adds the rules of a folder that lies `depth` components below the root.
    mutating func add(_ content: [UInt8], depth: Int) {
        let patterns = content.split(separator: 0x0A).compactMap { IgnorePattern($0) }
        if !patterns.isEmpty { levels.append(Level(depth: depth, patterns: patterns)) }
    }

    /// Whether a path is ignored by itself; what lies in an ignored folder is not asked for.
    ///
    /// The last line that matches decides, those of the deepest file first.
    func ignores(_ components: [ArraySlice<UInt8>], isFolder: Bool) -> Bool {
        for level in levels.reversed() {
            let relative = Array(components.dropFirst(level.depth))
            for pattern in level.patterns.reversed() where pattern.matches(relative, isFolder: isFolder) {
                return !pattern.isNegated
            }
        }
        return false
    }
}
