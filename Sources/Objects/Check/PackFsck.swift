import Glibc

/// Reads one pack and its index from end to end, trusting neither.
///
/// Every entry is inflated, every delta applied and every object hashed; the index must say of each entry what was found, byte for
/// byte. Source: gitformat-pack(5).
struct PackFsck {
    private let folder: String
    private let name: String
    private let graph: ObjectGraph
    private let report: (FsckFinding) -> Void

    /// Prepares for `pack-....pack` in a folder, named without its extension.
    init(_ name: String, in folder: String, _ graph: ObjectGraph, _ report: @escaping (FsckFinding) -> Void) {
        self.folder = folder
        self.name = name
        self.graph = graph
        self.report = report
    }

    private var packPlace: String { "objects/pack/\(name).pack" }
    private var indexPlace: String { "objects/pack/\(name).idx" }

    /// Checks both; `progress` gets the number of further objects now and then.
    ///
    /// Of a damaged pack, what it gave in spite of that is returned.
    func run(_ progress: (Int) -> Void) -> PackSalvage? {
        do throws(AmxError) {
            let (scanner, resolver) = try read(progress)
            for (place, entry) in resolver.entries.enumerated() {
                if let kind = entry.kind { graph.add(resolver.ids[place], kind) }
            }
            checkIndex(expected(resolver.entries, resolver.ids, pack: scanner.trailer))
            return nil
        } catch { return salvage(error, progress) }
    }

    /// Finds out which objects of a damaged pack are lost.
    private func salvage(_ error: AmxError, _ progress: (Int) -> Void) -> PackSalvage? {
        guard let salvage = PackSalvage(name, in: folder) else {
            report(
                FsckFinding(
                    .pack, packPlace, "\(error.finding); without a sound index, nobody knows which objects are lost",
                    hint: FsckFinding.replace))
            doubtIndexed()
            return nil
        }
        let graph = graph
        let intake = try? ObjectIntake { id, kind, bytes, problem in graph.add(id, kind, bytes, problem: problem) }
        let ids = salvage.ids
        var lost: [ObjectID] = []
        for id in ids {
            progress(1)
            switch salvage.fate(of: id) {
            case .whole(let kind, let content), .blemished(let kind, let content):
                _ = try? intake?.accept(kind, content)
                graph.add(id, kind)
            case .lost: lost.append(id)
            }
        }
        for id in lost { graph.lose(id, in: packPlace) }
        let extent =
            lost.isEmpty ? "all \(ids.count) objects can be read" : "\(lost.count) of \(ids.count) objects are lost"
        report(
            FsckFinding(
                .pack, packPlace, "\(error.finding); \(extent)",
                hint:
                    "move the pack out of the repository and run `git unpack-objects -r` on it there, which brings back what "
                    + "can be read; or \(FsckFinding.replace)"))
        return salvage
    }

    private func read(_ progress: (Int) -> Void) throws(AmxError) -> (PackScanner, DeltaResolver) {
        let graph = graph
        let intake = try ObjectIntake { id, kind, bytes, problem in graph.add(id, kind, bytes, problem: problem) }
        let scanner = try PackScanner(limits: Self.limits, sink: intake)
        let file = try PackFile(opening: "\(folder)/\(name).pack")
        var position = 0
        var told = 0
        while true {
            let bytes = try file.read(at: position)
            if bytes.isEmpty { break }
            guard try scanner.scan(bytes) == bytes.count else {
                throw AmxError(.verification, "something stands behind its end")
            }
            position += bytes.count
            progress(scanner.entries.count - told)
            told = scanner.entries.count
        }
        guard scanner.isComplete else { throw AmxError(.verification, "it is cut off") }
        var resolver = DeltaResolver(scanner, file: file, intake: intake) { _ throws(AmxError) in nil }
        try resolver.resolve()
        return (scanner, resolver)
    }

    /// What is here is read whatever the limits on what comes in are now.
    private static var limits: Limits {
        var limits = Limits()
        limits.packBytes = .max
        limits.objectBytes = .max
        limits.packExpandedBytes = .max
        limits.compressionRatio = .max
        limits.packObjects = .max
        // More than git makes.
        limits.deltaDepth = 4096
        return limits
    }

    private func expected(_ entries: [PackEntry], _ ids: [ObjectID], pack: ObjectID) -> [UInt8] {
        let order = entries.indices.sorted { (ids[$0], entries[$0].offset) < (ids[$1], entries[$1].offset) }
        return PackIndexFile.encode(entries, ids: ids, order: order.map { UInt32($0) }, pack: pack)
    }

    private func checkIndex(_ expected: [UInt8]) {
        let repair = "remove the file and run `git index-pack` on the pack"
        do throws(AmxError) {
            guard let found = try FileContent.read("\(folder)/\(name).idx") else {
                report(
                    FsckFinding(
                        .index, indexPlace, "the pack has no index, so nothing in it is seen",
                        hint: "run `git index-pack` on the pack"))
                return
            }
            guard found != expected else { return }
            let difference = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset
            let place = difference ?? min(found.count, expected.count)
            report(
                FsckFinding(
                    .index, indexPlace,
                    "\(part(at: place, of: expected.count)) is not what the pack has (byte \(place))", hint: repair))
        } catch {
            report(FsckFinding(.index, indexPlace, error.message, hint: repair))
        }
    }

    /// What stands at a place of an index of that size.
    private func part(at place: Int, of size: Int) -> String {
        if place < 8 { return "its header" }
        if place < 1032 { return "its fan-out table" }
        if place >= size - ObjectID.byteCount { return "its own checksum" }
        if place >= size - 2 * ObjectID.byteCount { return "the pack's checksum" }
        return "an object's id, checksum or offset"
    }

    /// Notes what a damaged pack should hold, so that it is not told of as missing as well.
    private func doubtIndexed() {
        guard let bytes = try? FileContent.read("\(folder)/\(name).idx"), bytes.count > 1072 else { return }
        let count = bytes[1028..<1032].reduce(0) { $0 << 8 | Int($1) }
        guard count <= (bytes.count - 1072) / 28 else { return }
        for row in 0..<count {
            if let id = ObjectID(bytes: bytes[(1032 + row * ObjectID.byteCount)...]) { graph.doubt(id) }
        }
    }
}
