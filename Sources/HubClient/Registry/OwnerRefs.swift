package import Capsules
import Glibc
package import Objects
import Synchronization

/// The references of all of an owner's repositories on a hub, as one request tells them.
///
/// The lines of an answer that was read before are only read again when something is asked of them. For several threads.
///
/// Source: `GET /api/v1/owners/<owner>/refs` of `docs/protocol.md`.
package final class OwnerRefs: Sendable {
    private enum Entry: Sendable {
        case refs(RemoteRefs)
        case unreadable
    }

    /// The hash of the hub's lines: equal hashes mean equal references.
    package let digest: SHA256Digest
    private let lines: [UInt8]
    private let parsed: Mutex<[CapsuleID: Entry]?>

    /// Reads the hub's lines, on several threads; nil when one of them is none of its.
    init?(parsing bytes: [UInt8]) {
        guard let entries = Self.entries(in: bytes) else { return nil }
        lines = bytes
        digest = SHA256Hasher.hash(of: bytes)
        parsed = Mutex(entries)
    }

    /// Takes lines that have been read before, with their hash.
    init(known bytes: [UInt8], digest: SHA256Digest) {
        lines = bytes
        self.digest = digest
        parsed = Mutex(nil)
    }

    private var entries: [CapsuleID: Entry] {
        parsed.withLock { parsed in
            if let parsed { return parsed }
            let entries = Self.entries(in: lines) ?? [:]
            parsed = entries
            return entries
        }
    }

    private static func entries(in bytes: [UInt8]) -> [CapsuleID: Entry]? {
        guard bytes.last ?? 0x0A == 0x0A else { return nil }
        let lines = bytes.split(separator: 0x0A)
        let parsed = WorkerThreads.map(lines, threads: 4) { entry(Array($0)) }
        var entries: [CapsuleID: Entry] = [:]
        entries.reserveCapacity(parsed.count)
        for case let (id, entry)? in parsed { entries[id] = entry }
        guard entries.count == parsed.count else { return nil }
        return entries
    }

    /// The capsules that are there, in bytewise order.
    package var ids: [CapsuleID] { entries.keys.sorted() }

    /// Whether the owner has a capsule, readable or not.
    package func contains(_ id: CapsuleID) -> Bool { entries[id] != nil }

    /// A capsule's references; nil when it is not there, or the hub cannot read it and says why when it is asked alone.
    package subscript(id: CapsuleID) -> RemoteRefs? {
        guard case .refs(let refs)? = entries[id] else { return nil }
        return refs
    }

    /// The same of one repository among thousands, without reading the lines of the others where they have not been read.
    package func only(_ id: CapsuleID) -> RemoteRefs? {
        let isParsed = parsed.withLock { $0 != nil }
        guard !isParsed, let line = line(of: id), case (id, .refs(let refs))? = Self.entry(line) else {
            return self[id]
        }
        return refs
    }

    /// The line that names a repository as hubs write it; nil where it is not found that way.
    private func line(of id: CapsuleID) -> [UInt8]? {
        let name = Array(",\"name\":\"\(id.string)\",\"refs\":".utf8)
        let place = lines.withUnsafeBytes { lines -> Int? in
            guard let start = lines.baseAddress, lines.count >= name.count else { return nil }
            var at = 0
            while at <= lines.count - name.count,
                let comma = memchr(start + at, 0x2C, lines.count - name.count - at + 1)
            {
                at = UnsafeRawPointer(comma) - start
                if memcmp(comma, name, name.count) == 0 { return at }
                at += 1
            }
            return nil
        }
        guard let place else { return nil }
        let start = lines[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return Array(lines[start..<(lines[place...].firstIndex(of: 0x0A) ?? lines.count)])
    }

    private static func entry(_ line: [UInt8]) -> (CapsuleID, Entry)? {
        guard let value = try? JSONParser.parse(line), let name = value["name"]?.string,
            let id = try? CapsuleID(name), let list = value["refs"]
        else { return nil }
        guard let list = list.array else { return (id, .unreadable) }
        var refs: [Ref] = []
        refs.reserveCapacity(list.count)
        for item in list {
            guard let name = item["name"]?.string, let hex = item["oid"]?.string, let oid = ObjectID(hex: hex) else {
                return nil
            }
            // What `ls-refs` is asked for, too.
            guard let ref = RefName(name), ref.branch != nil || ref.tag != nil || ReplicaID(chain: ref) != nil else {
                continue
            }
            refs.append(Ref(name: ref, id: oid, peeled: item["peeled"]?.string.flatMap { ObjectID(hex: $0) }))
        }
        return (id, .refs(RemoteRefs(refs, head: value["head"]?.string.flatMap { RefName($0) })))
    }
}
