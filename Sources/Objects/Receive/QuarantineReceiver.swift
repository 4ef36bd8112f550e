import CZlib
import Glibc

/// Receives packs with Amx's own parser, delta resolver and index writer.
///
/// libgit2 1.5's indexer is not used: it never returns from a pack of a hundred bytes in which a delta gives an object that
/// the pack holds already, and needs time quadratic in the deltas that name their base by id.
package final class QuarantineReceiver: PackReceiver {
    private enum State { case receiving, finished, published, over }

    private let repository: Repository
    private let limits: Limits
    private let quarantine: Quarantine
    private let intake: ObjectIntake
    private let scanner: PackScanner
    private let file: PackFile
    private let kept: KeptPack?
    private var state = State.receiving
    private var name: ObjectID?

    /// Starts a quarantine in a repository, which is only read until ``publish()``.
    ///
    /// What comes is also `kept`, so that a transfer that breaks off can go on; a pack that is refused or published is not.
    package init(
        into repository: Repository, limits: Limits = .standard, keptIn kept: KeptPack? = nil
    ) throws(AmxError) {
        self.kept = kept
        self.repository = repository
        self.limits = limits
        quarantine = try Quarantine(in: "\(repository.path)/objects")
        intake = try ObjectIntake()
        scanner = try PackScanner(limits: limits, sink: intake)
        file = try PackFile(creating: "\(quarantine.path)/pack/receiving.pack")
    }

    /// The quarantine's folder, with the layout of `objects`; whole between ``finish()`` and ``publish()``.
    package var path: String { quarantine.path }

    package var isComplete: Bool { scanner.isComplete }

    package func receive(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        guard state == .receiving else { throw AmxError(.failure, "cannot take the pack: it has been finished") }
        do throws(AmxError) {
            guard try scanner.scan(bytes) == bytes.count else {
                throw PackRefusal.malformed("there is something after its end")
            }
            try file.append(bytes)
            kept?.follow(file.path, total: scanner.position, bytes)
        } catch {
            kept?.discard()
            discard()
            throw error
        }
    }

    package func finish() throws(AmxError) -> IncomingObjects {
        guard state == .receiving else { throw AmxError(.failure, "cannot take the pack: it has been finished") }
        do throws(AmxError) {
            guard scanner.isComplete else {
                throw PackRefusal.malformed("it is cut off after \(scanner.position) bytes")
            }
            let incoming = try index()
            state = .finished
            return incoming
        } catch {
            kept?.discard()
            discard()
            throw error
        }
    }

    package func publish() throws(AmxError) {
        guard state == .finished else { throw AmxError(.failure, "cannot publish a pack that has not been finished") }
        defer { discard() }
        if let violation = intake.violation { throw violation.error }
        guard let name else { return }
        try quarantine.publish(pack: name.hex, in: repository)
        state = .published
        kept?.discard()
        try repository.refresh()
    }

    package func discard() {
        if state != .published { state = .over }
        quarantine.discard()
    }

    // MARK: Indexing

    private func index() throws(AmxError) -> IncomingObjects {
        let repository = repository
        let limits = limits
        var resolver = DeltaResolver(scanner, file: file, intake: intake) { id throws(AmxError) in
            guard let header = try repository.header(id) else { return nil }
            guard header.size <= limits.objectBytes else {
                throw PackRefusal.over("the base \(id) is larger", limit: limits.objectBytes, setting: "objectBytes")
            }
            let content = try repository.read(id, as: header.kind)
            guard try Self.id(of: content, kind: header.kind) == id else {
                throw AmxError(
                    .verification, "object \(id) of the repository is damaged: its content has another id",
                    hint: AmxError.damagedStore)
            }
            return (header.kind, content)
        }
        try resolver.resolve()
        var entries = resolver.entries
        var ids = resolver.ids
        let received = entries.count
        guard received > 0 else { return try IncomingObjects(repository: repository, limits: limits) }
        var order = try Self.sorted(ids)
        let trailer = try complete(&entries, &ids, resolver.externals, order)
        let objects = PackObjects(entries: entries, ids: ids, order: order)
        if entries.count > received { order = try Self.sorted(ids) }
        try DeltaDepths.check(entries, ids: ids, order: order, references: scanner.references, limits: limits)
        let folder = "\(quarantine.path)/pack"
        let index = try PackIndexFile.write(
            entries, ids: ids, order: order, pack: trailer, to: "\(folder)/pack-\(trailer).idx")
        guard rename(file.path, "\(folder)/pack-\(trailer).pack") == 0 else {
            throw AmxError.system("cannot rename \(file.path)")
        }
        try file.syncOrDefer()
        try index.syncOrDefer()
        name = trailer
        return try IncomingObjects(
            repository: repository, quarantine: quarantine.path, objects: objects,
            attributeFiles: intake.attributeFiles, violation: intake.violation, limits: limits)
    }

    /// Appends the bases that a thin pack lacks, and returns the checksum that the whole pack ends with.
    private func complete(
        _ entries: inout [PackEntry], _ ids: inout [ObjectID], _ externals: [DeltaResolver.ExternalBase],
        _ order: [UInt32]
    ) throws(AmxError) -> ObjectID {
        // A base may also have come with the pack, as the result of another delta: an object stands in a pack once.
        let missing = externals.filter { base in
            let at = order.partitioningIndex { ids[Int($0)] >= base.id }
            return at == order.count || ids[Int(order[at])] != base.id
        }
        guard !missing.isEmpty else { return scanner.trailer }
        // From here on the file is no longer what came.
        kept?.discard()
        var position = scanner.position - ObjectID.byteCount
        try file.truncate(to: position)
        let form = PackEntryForm(try Deflater())
        for base in missing {
            let content = try repository.read(base.id, as: base.kind)
            var bytes: [UInt8] = []
            let encoded = try content.span.withUnsafeBytes { content throws(AmxError) in
                try form.append(content, kind: base.kind, to: &bytes, after: UInt64(position))
            }
            guard bytes.count <= limits.packBytes - position else {
                throw AmxError(
                    .failure,
                    "cannot take the pack: with its bases it is larger: the limit 'packBytes' is \(limits.packBytes)",
                    hint: "send it with `git push --no-thin`, or \(Limits.raised("packBytes"))")
            }
            try file.append(bytes)
            entries.append(encoded)
            ids.append(base.id)
            position += bytes.count
        }
        let trailer = try file.seal(objects: entries.count)
        try file.append(trailer.bytes)
        return trailer
    }

    private static func id(of content: [UInt8], kind: ObjectKind) throws(AmxError) -> ObjectID {
        let result: Result<ObjectID, AmxError> = content.withUnsafeBytes { bytes in
            do throws(AmxError) { return .success(try ObjectHasher.id(of: bytes, kind: kind)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The places of ids in ascending order; an id that stands twice is refused.
    private static func sorted(_ ids: [ObjectID]) throws(AmxError) -> [UInt32] {
        let order = ids.indices.map { UInt32(truncatingIfNeeded: $0) }.sorted { ids[Int($0)] < ids[Int($1)] }
        for (left, right) in zip(order, order.dropFirst()) where ids[Int(left)] == ids[Int(right)] {
            throw PackRefusal.malformed("object \(ids[Int(left)]) stands in it twice")
        }
        return order
    }
}
