import Capsules

/// What the workspace's own repository says of this copy: `.aimatrix/workspace.git/amx-replica` (`docs/events.md`, "Lost").
///
/// Lines, each with a line break: the id; where the file is, as in `.aimatrix/replica`; and the id before it, where that one was lost.
struct ReplicaMark: Sendable, Hashable {
    /// The id of this copy.
    let replica: ReplicaID
    /// The id that it had before and lost, of which its first event tells.
    var lost: ReplicaID?

    /// Says whose the repository is.
    init(_ replica: ReplicaID, lost: ReplicaID? = nil) { (self.replica, self.lost) = (replica, lost) }

    /// Reads the lines; nil for what has no id in the first one.
    init?(_ lines: [ArraySlice<UInt8>]) {
        func id(_ index: Int) -> ReplicaID? {
            lines.indices.contains(index) ? ReplicaID(String(decoding: lines[index], as: UTF8.self)) : nil
        }
        guard let replica = id(0) else { return nil }
        self.init(replica, lost: id(2))
    }

    /// The file's content.
    func encoded(in place: String) -> [UInt8] {
        Array(([replica.string, place] + (lost.map { [$0.string] } ?? [])).map { "\($0)\n" }.joined().utf8)
    }
}
