import Objects

/// Names for files that are kept beside others.
struct BesideNames {
    private var taken: Set<String>

    /// Starts with the names, and the folders, that are in use on any side.
    init(avoiding files: [FileEntry]) {
        taken = []
        for file in files {
            var path: TreePath? = file.path
            while let current = path, taken.insert(current.string.lowercased()).inserted {
                path = current.parent
            }
        }
    }

    /// A free name for a side's file: `logo.png` becomes `logo.theirs.png`, then `logo.theirs-2.png`.
    mutating func name(for path: TreePath, of side: MergeSide) throws(AmxError) -> TreePath {
        let name = path.name
        let folder = path.parent.map { "\($0.string)/" } ?? ""
        // A dot at the start begins no suffix.
        let dot = name.utf8.dropFirst().lastIndex(of: UInt8(ascii: "."))
        var stem = dot.map { String(name[..<$0]) } ?? name
        let suffix = dot.map { String(name[$0...]) } ?? ""
        var number = 1
        while true {
            let text = "\(folder)\(stem).\(side.rawValue)\(number > 1 ? "-\(number)" : "")\(suffix)"
            do throws(AmxError) {
                let candidate = try TreePath(text)
                if taken.insert(text.lowercased()).inserted { return candidate }
                number += 1
            } catch {
                // Too long: the name gives up some of its end.
                guard stem.count > 1 else { throw error }
                stem.removeLast()
            }
        }
    }
}
