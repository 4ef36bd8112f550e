import Glibc

/// A pack with its index that grows object by object in a quarantine, each object whole.
///
/// Entries gather in memory and go to the file in large pieces, so memory is at most 8 MiB and one object, and small packs take
/// one write. The same objects in the same order make the same pack. Nothing is visible to readers. Not for use by several
/// threads at once.
final class StagedPack {
    /// The bytes that gather before they are written.
    private static let pieceBytes = 8 << 20

    private let objectsFolder: String
    private let form: PackEntryForm
    private var place: (quarantine: Quarantine, file: PackFile)?
    private var pending: [UInt8]
    private var written: UInt64 = 0
    private var entries: [PackEntry] = []
    private var ids: [ObjectID] = []

    /// Starts a pack for the repository that has this `objects` folder.
    init(in objectsFolder: String) throws(AmxError) {
        self.objectsFolder = objectsFolder
        form = PackEntryForm(try Deflater())
        // The number of objects is filled in at the end.
        pending = Array("PACK".utf8) + [0, 0, 0, 2, 0, 0, 0, 0]
    }

    /// Adds an object that the pack does not have yet.
    func append(_ id: ObjectID, _ content: UnsafeRawBufferPointer, kind: ObjectKind) throws(AmxError) {
        entries.append(try form.append(content, kind: kind, to: &pending, after: written))
        ids.append(id)
        if pending.count >= Self.pieceBytes { try flush() }
    }

    /// Writes what is pending and the index, as durably as ``OpenFile/syncOrDefer()`` makes them, and returns where both lie and
    /// the name of the pack: the checksum of its content.
    func finish() throws(AmxError) -> (quarantine: Quarantine, name: String) {
        let trailer: ObjectID
        let count = UInt32(truncatingIfNeeded: entries.count)
        if place == nil {
            withUnsafeBytes(of: count.bigEndian) { pending.replaceSubrange(8..<12, with: $0) }
            let checksum = PackChecksum()
            pending.withUnsafeBytes { checksum.update($0) }
            trailer = checksum.finish()
        } else {
            try flush()
            trailer = try file().seal(objects: entries.count)
        }
        pending += trailer.bytes
        try flush()
        let file = try file()
        try file.syncOrDefer()
        guard let place else { throw AmxError(.failure, "cannot write a pack into \(objectsFolder)") }
        let stem = "\(place.quarantine.path)/pack/pack-\(trailer)"
        let order = ids.indices.map { UInt32(truncatingIfNeeded: $0) }.sorted { ids[Int($0)] < ids[Int($1)] }
        let index = try PackIndexFile.write(entries, ids: ids, order: order, pack: trailer, to: "\(stem).idx")
        try index.syncOrDefer()
        guard rename(file.path, "\(stem).pack") == 0 else { throw AmxError.system("cannot rename \(file.path)") }
        return (place.quarantine, trailer.hex)
    }

    private func flush() throws(AmxError) {
        try file().append(pending)
        written += UInt64(pending.count)
        pending.removeAll(keepingCapacity: true)
    }

    /// The file, made at the first use: what is dropped before never touches the disk.
    private func file() throws(AmxError) -> PackFile {
        if let place { return place.file }
        let quarantine = try Quarantine(in: objectsFolder)
        let file = try PackFile(creating: "\(quarantine.path)/pack/staged.pack")
        place = (quarantine, file)
        return file
    }
}
