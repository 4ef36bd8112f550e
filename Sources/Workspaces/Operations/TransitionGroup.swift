import Objects

/// Changes of several working copies that belong together, written down before the first one starts.
///
/// A process that comes after one that was killed in between turns the group into one note for each, and then brings each of
/// those to its end.
struct TransitionGroup: Sendable, Hashable {
    /// No capsule's id looks like this.
    static let note = "@group"
    private static let firstLine = "amx group 1"

    /// The name of each note, and the change.
    let members: [(note: String, transition: Transition)]

    init(_ members: [(note: String, transition: Transition)]) { self.members = members }

    /// The note's bytes.
    var encoded: [UInt8] {
        var bytes = Array("\(Self.firstLine)\n".utf8)
        for member in members {
            bytes += Array("note \(member.note)\n".utf8) + member.transition.encoded + [0x0A]
        }
        return bytes + Array("end\n".utf8)
    }

    /// Reads a note; nil for anything else, and for a part of one.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == Self.firstLine[...], lines.last == "", lines.dropLast().last == "end" else { return nil }
        var members: [(note: String, transition: Transition)] = []
        for part in lines.dropFirst().dropLast(2).split(separator: "") {
            guard let first = part.first, first.hasPrefix("note "),
                let transition = Transition(Array(part.dropFirst().joined(separator: "\n").utf8))
            else { return nil }
            members.append((String(first.dropFirst(5)), transition))
        }
        self.members = members
    }

    static func == (left: TransitionGroup, right: TransitionGroup) -> Bool { left.encoded == right.encoded }
    func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}

extension Workspace {
    /// Writes down that several changes belong together; the caller holds the lock.
    func note(_ group: TransitionGroup) throws(AmxError) {
        try Directory.createDurably(pendingDirectory)
        try AtomicFile.write(group.encoded, to: pendingPath(TransitionGroup.note))
    }

    /// Says that all of them have come to their end.
    func removeGroupNote() throws(AmxError) {
        guard Directory.exists(pendingPath(TransitionGroup.note)) else { return }
        try Directory.remove(pendingPath(TransitionGroup.note))
        try Directory.sync(pendingDirectory)
    }

    /// Turns the note of a group that was cut off into one for each of its members; the caller holds the lock.
    func expandGroup() throws(AmxError) {
        guard let bytes = try FileContent.read(pendingPath(TransitionGroup.note), limit: 64 << 20) else { return }
        for member in TransitionGroup(bytes)?.members ?? [] {
            try AtomicFile.write(member.transition.encoded, to: pendingPath(member.note))
        }
        try removeGroupNote()
    }
}
