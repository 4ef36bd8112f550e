extension TreeRules {
    /// Checks that no two entries of one folder are the same name to a case-insensitive or normalising file system.
    package static func checkSiblings(_ names: some Sequence<some Collection<UInt8>>) throws(AmxError) {
        var seen: [FoldedKey: [UInt8]] = [:]
        for name in names {
            if let earlier = seen.updateValue(Array(name), forKey: FoldedKey(bytes: foldedKey(name))) {
                guard !earlier.elementsEqual(name) else { throw duplicate(name) }
                throw collision(earlier, name)
            }
        }
    }

    /// Checks all paths of a capsule together: no path twice, none both file and folder, no two entries of a folder
    /// (files or folders, at any level) equal after folding, and not more files than `limits.entries`.
    ///
    /// The paths come in bytewise order; any other order is put right first, at the cost of a sort.
    package static func check(sorted paths: [TreePath], limits: Limits = .standard) throws(AmxError) {
        guard paths.count <= limits.entries else {
            throw AmxError(
                .failure, "the capsule has \(paths.count) files: the limit 'entries' is \(limits.entries)",
                hint: "leave files out with .amxignore, or split the capsule")
        }
        for index in paths.indices.dropFirst() where paths[index] < paths[index - 1] {
            return try checkOrdered(paths.sorted())
        }
        try checkOrdered(paths)
    }

    /// Looks for a collision by hashes first, which no good capsule has, and only then for the entries that collide.
    private static func checkOrdered(_ paths: [TreePath]) throws(AmxError) {
        guard !haveDistinctHashes(paths) else { return }
        try findCollision(paths)
    }

    /// Whether the folded keys of all entries have different hashes. Swift seeds its hash in every process, so that nobody can make
    /// paths that collide.
    private static func haveDistinctHashes(_ paths: [TreePath]) -> Bool {
        var seen = Set<Int>(minimumCapacity: paths.count + paths.count / 4)
        var previous: [UInt8] = []
        for path in paths {
            let shared = sharedFolders(previous, path.bytes).count
            let isDistinct = foldedKey(path.bytes).withUnsafeBytes { key in
                var hasher = Hasher()
                var start = 0
                for component in 0... {
                    let end = key[start...].firstIndex(of: UInt8(ascii: "/")) ?? key.count
                    hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: key[start..<end]))
                    hasher.combine(0 as UInt8)
                    if component >= shared, !seen.insert(hasher.finalized).inserted { return false }
                    guard end < key.count else { return true }
                    start = end + 1
                }
                return true
            }
            guard isDistinct else { return false }
            previous = path.bytes
        }
        return true
    }

    /// In bytewise order a folder's paths are neighbours, so each folder is entered once, and every entry of the capsule,
    /// file or folder, is looked up exactly once.
    private static func findCollision(_ paths: [TreePath]) throws(AmxError) {
        var seen: [FoldedKey: (path: Int, length: Int)] = [:]
        seen.reserveCapacity(paths.count + paths.count / 4)
        var previous: [UInt8] = []
        for (index, path) in paths.enumerated() {
            let bytes = path.bytes
            guard index == 0 || bytes != previous else { throw duplicate(bytes) }
            let key = foldedKey(bytes)
            let shared = sharedFolders(previous, bytes)
            var start = shared.bytes
            var keyStart = 0
            for _ in 0..<shared.count { keyStart = end(of: key, from: keyStart) + 1 }
            while start < bytes.count {
                let entryEnd = end(of: bytes, from: start)
                let keyEnd = end(of: key, from: keyStart)
                let entry = FoldedKey(bytes: keyEnd == key.count ? key : Array(key[..<keyEnd]))
                if let earlier = seen.updateValue((index, entryEnd), forKey: entry) {
                    let other = paths[earlier.path].bytes.prefix(earlier.length)
                    throw collision(other, bytes.prefix(entryEnd))
                }
                start = entryEnd + 1
                keyStart = keyEnd + 1
            }
            previous = bytes
        }
    }

    /// Where the component that starts at an offset ends.
    private static func end(of bytes: [UInt8], from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }

    /// The folders that two paths share: how many, and how many bytes with their slashes.
    private static func sharedFolders(_ left: [UInt8], _ right: [UInt8]) -> (count: Int, bytes: Int) {
        var result = (count: 0, bytes: 0)
        for index in 0..<min(left.count, right.count) {
            guard left[index] == right[index] else { break }
            if left[index] == UInt8(ascii: "/") { result = (result.count + 1, index + 1) }
        }
        return result
    }

    private static func duplicate(_ path: some Collection<UInt8>) -> AmxError {
        AmxError(
            .failure, "path '\(printable(path))' stands twice: a capsule has every path once",
            hint: "remove one of the two entries")
    }

    private static func collision(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> AmxError {
        if left.elementsEqual(right) {
            return AmxError(
                .failure, "path '\(printable(left))' is both a file and a folder: it can be one of them",
                hint: "rename the file or the folder")
        }
        return AmxError(
            .failure,
            "paths '\(printable(left))' and '\(printable(right))' are the same name on some systems: "
                + "names in one folder must differ by more than case and Unicode form",
            hint: "rename one of them")
    }
}

/// A folded key with a hash over whole buffers.
private struct FoldedKey: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Hasher {
    /// The hash of what was combined so far, leaving the hasher as it is.
    fileprivate var finalized: Int {
        let copy = self
        return copy.finalize()
    }
}
