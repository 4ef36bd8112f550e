/// How each of a pack's objects is written: copied as it is stored, as a new delta, or whole.
///
/// Deltas come after their bases, and none is longer than ``depth`` deltas away from a whole object. Not for use by several
/// threads at once.
final class PackLayout {
    /// The most deltas between an object and its whole form.
    private static let depth = 50
    /// The same for new deltas of large objects, each of which costs its reader a copy.
    private static let largeDepth = 10
    private static let largeBytes = 1 << 20
    /// Smaller objects are not worth a delta.
    private static let leastBytes = 64

    /// How far an object has come.
    private enum State {
        case waiting, begun
        case written(offset: UInt64, depth: Int)
    }

    /// What a delta is made against.
    private struct Base {
        let id: ObjectID
        /// Where it starts in the pack; nil for what only the receiver has.
        let offset: UInt64?
        /// The deltas between it and its whole form, in this pack.
        let depth: Int
    }

    private let objects: [PackObject]
    private let repository: Repository
    private let packs: [StoredPack]
    private let places: [ObjectID: Int]
    private var states: [State]
    /// What was written last at each path.
    private var last: [[UInt8]: Int] = [:]
    private let form: PackEntryForm
    private let deflater: Deflater
    /// The pack that the last object was found in.
    private var likely = 0

    /// Prepares to write objects, none of which occurs twice.
    init(_ objects: [PackObject], of repository: Repository) throws(AmxError) {
        self.objects = objects
        self.repository = repository
        packs = try StoredPack.all(of: repository)
        var places: [ObjectID: Int] = [:]
        places.reserveCapacity(objects.count)
        for (place, object) in objects.enumerated() { places[object.id] = place }
        self.places = places
        states = Array(repeating: .waiting, count: objects.count)
        deflater = try Deflater()
        form = PackEntryForm(deflater)
    }

    /// Writes the object at a place in the list, after those that it needs; nothing when it is written already.
    func write(_ place: Int, to output: PackOutput) throws(AmxError) {
        // A base is looked for in the pack of its delta first, which has it, so this ends. Should deltas lead in a circle all the
        // same, the object that has begun already is not waited for.
        var chain: [(place: Int, entry: StoredPack.Entry?)] = []
        var next: Int? = place
        while let place = next, case .waiting = states[place] {
            states[place] = .begun
            let entry = stored(objects[place].id)
            chain.append((place, entry))
            next = entry?.base.flatMap { places[$0] }
        }
        for (place, entry) in chain.reversed() { try write(place, stored: entry, to: output) }
    }

    private func write(_ place: Int, stored: StoredPack.Entry?, to output: PackOutput) throws(AmxError) {
        let offset = output.position
        var depth = 0
        if let stored, let base = base(ofStored: stored, for: place), base.depth < Self.depth {
            try write(stored.data, size: stored.size, against: base, to: output)
            depth = base.depth + 1
        } else {
            depth = try writeAnew(place, stored: stored, to: output)
        }
        states[place] = .written(offset: offset, depth: depth)
        if let path = objects[place].path { last[path] = place }
    }

    /// Writes an object as a new delta where that is smaller, and else whole; returns its depth.
    private func writeAnew(_ place: Int, stored: StoredPack.Entry?, to output: PackOutput) throws(AmxError) -> Int {
        let whole = stored?.base == nil ? stored : nil
        let size = whole?.bytes.count
        let base = (size ?? .max) < Self.leastBytes ? nil : base(for: place)
        if let whole, base == nil {
            try output.write(whole.bytes)
            return 0
        }
        let (target, kind) = try content(objects[place].id)
        if let base, target.count >= Self.leastBytes {
            let (source, sourceKind) = try content(base.id)
            let large = max(target.count, source.count) > Self.largeBytes
            if kind == sourceKind, base.depth < (large ? Self.largeDepth : Self.depth),
                let delta = delta(target, from: source, insteadOf: size)
            {
                let data = try delta.span.withUnsafeBytes { delta throws(AmxError) in try deflater.deflate(delta) }
                try write(data, size: delta.count, against: base, to: output)
                return base.depth + 1
            }
        }
        if let whole {
            try output.write(whole.bytes)
            return 0
        }
        var bytes: [UInt8] = []
        _ = try target.span.withUnsafeBytes { target throws(AmxError) in
            try form.append(target, kind: kind, to: &bytes, after: 0)
        }
        try output.write(bytes)
        return 0
    }

    /// A delta that takes well less than the object would.
    private func delta(_ target: [UInt8], from base: [UInt8], insteadOf stored: Int?) -> [UInt8]? {
        let limit = min(stored ?? target.count, target.count) / 2
        return target.withUnsafeBytes { target in
            base.withUnsafeBytes { base in DeltaEncoder.encode(target, from: base, atMost: limit) }
        }
    }

    /// What an object may become a delta against: what was written before at its path, or what the receiver has there.
    private func base(for place: Int) -> Base? {
        let object = objects[place]
        if let path = object.path, let before = last[path], let base = written(objects[before].id) { return base }
        return object.base.map { Base(id: $0, offset: nil, depth: 0) }
    }

    /// The base of a stored delta where it can be named.
    private func base(ofStored entry: StoredPack.Entry, for place: Int) -> Base? {
        guard let id = entry.base else { return nil }
        return written(id) ?? (objects[place].base == id ? Base(id: id, offset: nil, depth: 0) : nil)
    }

    private func written(_ id: ObjectID) -> Base? {
        guard let place = places[id], case .written(let offset, let depth) = states[place] else { return nil }
        return Base(id: id, offset: offset, depth: depth)
    }

    private func stored(_ id: ObjectID) -> StoredPack.Entry? {
        for step in packs.indices {
            let pack = (likely + step) % packs.count
            guard let position = packs[pack].position(of: id) else { continue }
            likely = pack
            return packs[pack].entry(at: position)
        }
        return nil
    }

    private func content(_ id: ObjectID) throws(AmxError) -> ([UInt8], ObjectKind) {
        try repository.withObject(id) { kind, bytes throws(AmxError) in (Array(bytes), kind) }
    }

    private func write(
        _ data: UnsafeRawBufferPointer, size: Int, against base: Base, to output: PackOutput
    ) throws(AmxError) {
        var header: [UInt8] = []
        if let offset = base.offset {
            PackEntryForm.appendHeader(6, size: size, to: &header)
            PackEntryForm.appendDistance(output.position - offset, to: &header)
        } else {
            PackEntryForm.appendHeader(7, size: size, to: &header)
            header += base.id.bytes
        }
        try output.write(header)
        try output.write(data)
    }
}
