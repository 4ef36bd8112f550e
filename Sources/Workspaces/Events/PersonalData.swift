import Capsules
import Glibc
package import Objects

/// Who stands behind the pseudonyms of events: `.aimatrix/personal.json`, which never travels.
///
/// A pseudonym is `p1:` and 32 hexadecimal digits of HMAC-SHA-256 under a key that is made for one value alone. Without value and key it
/// belongs to nobody.
package struct PersonalData {
    private struct Entry: Sendable, Hashable {
        let member: PersonalMember
        let value: String
        let key: [UInt8]
    }

    /// The file as it was read last, which is replaced whole whenever it changes.
    private struct Known {
        let inode: UInt64
        let change: (seconds: Int, nanoseconds: Int)
        let actor: EventActor
        let pseudonyms: [PersonalMember: String]
    }

    private let workspace: Workspace
    private var known: Known?
    private var path: String { "\(workspace.metadata)/personal.json" }

    /// Names the data of a workspace.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// The pseudonyms of an actor, which are made and durable when this returns.
    mutating func pseudonyms(of actor: EventActor) throws(AmxError) -> [PersonalMember: String] {
        guard actor != .system else { return [:] }
        var status = stat()
        let isThere = stat(path, &status) == 0
        if isThere, let known, known.actor == actor, known.inode == UInt64(status.st_ino),
            known.change == (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
        {
            return known.pseudonyms
        }
        let found = try look(for: actor)
        known = Known(
            inode: UInt64(status.st_ino), change: (status.st_ctim.tv_sec, status.st_ctim.tv_nsec), actor: actor,
            pseudonyms: found)
        return found
    }

    private func look(for actor: EventActor) throws(AmxError) -> [PersonalMember: String] {
        let wanted = actor.values
        guard !wanted.isEmpty else { return [:] }
        if let known = Self.pseudonyms(wanted, in: try read()) { return known }
        let lock = try lock()
        defer { _ = lock }
        var entries = try read()
        for (member, value) in wanted where Self.entry(member, value, in: entries) == nil {
            let key = (0..<32).map { _ in UInt8.random(in: 0...255) }
            entries.append(Entry(member: member, value: value, key: key))
        }
        try write(entries)
        return Self.pseudonyms(wanted, in: entries) ?? [:]
    }

    /// The value behind a pseudonym of a member; nil when it is not of this copy, or forgotten.
    package func values() throws(AmxError) -> [String: String] {
        var values: [String: String] = [:]
        for entry in try read() { values[Self.pseudonym(entry)] = entry.value }
        return values
    }

    /// Removes a value and its keys, and says of how many members; its pseudonyms belong to nobody from now on.
    package func forget(_ value: String) throws(AmxError) -> Int {
        guard Directory.exists(path) else { return 0 }
        let lock = try lock()
        defer { _ = lock }
        let entries = try read()
        let kept = entries.filter { !$0.value.utf8.elementsEqual(value.utf8) }
        if kept.count < entries.count { try write(kept) }
        return entries.count - kept.count
    }

    /// A pseudonym of nobody, as long as any.
    static let samplePseudonym = "p1:" + String(repeating: "0", count: 32)

    /// Whether a text has a pseudonym's form.
    static func isPseudonym(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.count == 35 && bytes.starts(with: "p1:".utf8)
                && bytes[3...].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
    }

    private static func pseudonyms(
        _ wanted: [(member: PersonalMember, value: String)], in entries: [Entry]
    ) -> [PersonalMember: String]? {
        var found: [PersonalMember: String] = [:]
        for (member, value) in wanted {
            guard let entry = entry(member, value, in: entries) else { return nil }
            found[member] = pseudonym(entry)
        }
        return found
    }

    private static func entry(_ member: PersonalMember, _ value: String, in entries: [Entry]) -> Entry? {
        entries.first { $0.member == member && $0.value.utf8.elementsEqual(value.utf8) }
    }

    private static func pseudonym(_ entry: Entry) -> String {
        let text = Array(entry.member.rawValue.utf8) + [0] + Array(entry.value.utf8)
        return "p1:" + SHA256Hasher.authenticationCode(of: text, key: entry.key).hex.prefix(32)
    }

    private func lock() throws(AmxError) -> FileLock {
        try FileLock("\(workspace.metadata)/personal.lock", busy: "cannot note who acted")
    }

    private func read() throws(AmxError) -> [Entry] {
        guard let bytes = try FileContent.read(path, limit: 1 << 28) else { return [] }
        guard let list = try? JSONParser.parse(bytes).array else { throw damaged() }
        var entries: [Entry] = []
        for item in list {
            guard let member = item["member"]?.string.flatMap({ PersonalMember(rawValue: $0) }),
                let value = item["value"]?.string, let hex = item["key"]?.string, let key = SHA256Digest(hex: hex)
            else { throw damaged() }
            entries.append(Entry(member: member, value: value, key: key.bytes))
        }
        return entries
    }

    private func write(_ entries: [Entry]) throws(AmxError) {
        let list = entries.map { entry -> JSONValue in
            let key = SHA256Digest(bytes: entry.key)?.hex ?? ""
            return ["member": .string(entry.member.rawValue), "value": .string(entry.value), "key": .string(key)]
        }
        try AtomicFile.write(JSONWriter.bytes(.array(list), .pretty), to: path, mode: 0o600)
    }

    private func damaged() -> AmxError {
        AmxError(
            .failure, "\(path) is damaged",
            hint: "restore it from a backup, or remove it: then all pseudonyms belong to nobody")
    }
}
