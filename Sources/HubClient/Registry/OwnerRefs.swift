package import Capsules
import Objects

/// The references of all of an owner's repositories on a hub, as one request tells them.
///
/// Source: `GET /api/v1/owners/<owner>/refs` of `docs/protocol.md`.
package struct OwnerRefs: Sendable {
    private enum Entry: Sendable {
        case refs(RemoteRefs)
        case unreadable
    }

    private let entries: [CapsuleID: Entry]

    /// Reads the hub's lines, on several threads; nil when one of them is none of its.
    init?(parsing bytes: [UInt8]) {
        guard bytes.last ?? 0x0A == 0x0A else { return nil }
        let lines = bytes.split(separator: 0x0A)
        let parsed = WorkerThreads.map(lines, threads: 4) { Self.entry(Array($0)) }
        var entries: [CapsuleID: Entry] = [:]
        entries.reserveCapacity(parsed.count)
        for case let (id, entry)? in parsed { entries[id] = entry }
        guard entries.count == parsed.count else { return nil }
        self.entries = entries
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
