import Glibc

/// What the file system says of the files that hold a repository's refs: equal stamps mean equal refs.
///
/// It takes in `HEAD`, `packed-refs`, `refs` and every folder below: the change of a file that is replaced, of an entry that
/// comes or goes. A loose ref may be edited in place without any of them changing, so a repository with loose refs has no
/// stamp. Source: `inode(7)` for what the times mean.
package struct RefFilesStamp: Hashable, Sendable {
    /// How long ago the latest change must be before a stamp says something: two changes within one tick of a file
    /// system's clock leave the same times, and the coarsest clock ticks every two seconds.
    static let settlingSeconds = 3
    private static let maximumEntries = 64

    private struct Entry: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
        let mode: UInt32
        let size: Int64
        let modifiedSeconds: Int
        let modifiedNanoseconds: Int
        let changedSeconds: Int
        let changedNanoseconds: Int

        /// Nil where nothing is.
        init?(_ path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            mode = status.st_mode
            size = Int64(status.st_size)
            modifiedSeconds = status.st_mtim.tv_sec
            modifiedNanoseconds = status.st_mtim.tv_nsec
            changedSeconds = status.st_ctim.tv_sec
            changedNanoseconds = status.st_ctim.tv_nsec
        }

        var isFolder: Bool { mode & S_IFMT == S_IFDIR }

        static let fieldCount = 8

        var fields: [UInt64] {
            [
                device, inode, UInt64(mode), UInt64(bitPattern: size), UInt64(bitPattern: Int64(modifiedSeconds)),
                UInt64(bitPattern: Int64(modifiedNanoseconds)), UInt64(bitPattern: Int64(changedSeconds)),
                UInt64(bitPattern: Int64(changedNanoseconds)),
            ]
        }

        /// Takes what ``fields`` gave.
        init?(fields: ArraySlice<UInt64>) {
            let start = fields.startIndex
            guard fields.count == Self.fieldCount, let mode = UInt32(exactly: fields[start + 2]) else { return nil }
            (device, inode, self.mode) = (fields[start], fields[start + 1], mode)
            size = Int64(bitPattern: fields[start + 3])
            modifiedSeconds = Int(Int64(bitPattern: fields[start + 4]))
            modifiedNanoseconds = Int(Int64(bitPattern: fields[start + 5]))
            changedSeconds = Int(Int64(bitPattern: fields[start + 6]))
            changedNanoseconds = Int(Int64(bitPattern: fields[start + 7]))
        }
    }

    private var entries: [Entry?] = []
    /// `refs` and the folders below, in the order of their entries.
    package private(set) var folders: [String] = []

    /// Looks at a repository; nil while it has loose refs, or something of it changed so recently that the next change
    /// might not show.
    ///
    /// Take it before the refs are read: what changes later gives another stamp.
    package init?(repository path: String) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        entries = [Entry("\(path)/HEAD"), Entry("\(path)/packed-refs")]
        guard addFolders("refs", in: path, depth: 0) else { return nil }
        let latest = entries.compactMap { $0?.changedSeconds }.max() ?? 0
        guard latest <= now.tv_sec - Self.settlingSeconds else { return nil }
    }

    /// Takes what ``folders`` and ``fields`` of a stamp gave, from a file that may have been damaged since; nil for what no stamp gives.
    package init?(folders: [String], fields: [UInt64]) {
        let entryFields = 1 + Entry.fieldCount
        guard folders.count <= Self.maximumEntries, fields.count == (folders.count + 2) * entryFields else {
            return nil
        }
        self.folders = folders
        entries.reserveCapacity(folders.count + 2)
        for start in stride(from: 0, to: fields.count, by: entryFields) {
            guard fields[start] == 1 else {
                entries.append(nil)
                continue
            }
            guard let entry = Entry(fields: fields[(start + 1)..<(start + entryFields)]) else { return nil }
            entries.append(entry)
        }
    }

    /// What the stamp says of each file, as numbers to be kept.
    package var fields: [UInt64] {
        entries.flatMap { entry in entry.map { [1] + $0.fields } ?? Array(repeating: 0, count: 1 + Entry.fieldCount) }
    }

    /// Whether a repository's files are still as they were when the stamp was taken.
    ///
    /// A folder below `refs` that comes or goes shows in the one above it, so nothing is listed.
    package func holds(repository path: String) -> Bool {
        let places = ["HEAD", "packed-refs"] + folders
        return zip(places, entries).allSatisfy { place, entry in Entry("\(path)/\(place)") == entry }
    }

    /// False when a file, or more folders than empty ones would be, are found.
    private mutating func addFolders(_ name: String, in repository: String, depth: Int) -> Bool {
        let path = "\(repository)/\(name)"
        guard depth < 8, entries.count < Self.maximumEntries, let entry = Entry(path), entry.isFolder else {
            return false
        }
        entries.append(entry)
        folders.append(name)
        guard let names = try? Directory.names(in: path) else { return false }
        for child in names {
            guard let child = String(validating: child, as: UTF8.self),
                addFolders("\(name)/\(child)", in: repository, depth: depth + 1)
            else { return false }
        }
        return true
    }
}
