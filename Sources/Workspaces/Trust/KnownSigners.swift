package import Capsules
import Glibc
package import Objects

/// The file of the keys that a workspace's capsules have been seen with: `.aimatrix/known_signers`.
///
/// JSON: `signers`, each with `capsule`, `principal`, `key` (type and base64), `fingerprint` (for readers), `release`, `place`, `time`
/// (seconds since 1970 UTC), `standing` (`first-use`, `pinned`, `allowed`, `refused`). A change replaces the file whole, durably, under
/// a lock.
package struct KnownSigners: Sendable {
    private static let sizeLimit = 16 << 20
    /// How many refused keys are kept of a capsule, the newest ones: enough for a story, too few to fill a disk.
    private static let refusedLimit = 16

    private let path: String
    private let lockPath: String

    init(_ workspace: Workspace) {
        path = "\(workspace.metadata)/known_signers"
        lockPath = "\(workspace.metadata)/known_signers.lock"
    }

    /// All keys, oldest first.
    package func all() throws(AmxError) -> [KnownSigner] {
        guard let bytes = try FileContent.read(path, limit: Self.sizeLimit) else { return [] }
        let damaged = AmxError(
            .failure, "cannot use \(path): it is damaged",
            hint: "restore it, or move it away: then the next signed release that is fetched counts as the first one")
        guard let entries = (try? JSONParser.parse(bytes))?["signers"]?.array else { throw damaged }
        var signers: [KnownSigner] = []
        for entry in entries {
            guard let signer = Self.signer(entry) else { throw damaged }
            signers.append(signer)
        }
        return signers
    }

    /// The keys of one capsule, oldest first.
    package func all(of id: CapsuleID) throws(AmxError) -> [KnownSigner] { try all().filter { $0.capsule == id } }

    /// Adds keys, each once for its capsule; one that is there keeps its story, and its standing only rises.
    package func add(_ signers: [KnownSigner]) throws(AmxError) {
        guard !signers.isEmpty else { return }
        try change { all in
            for signer in signers {
                if let index = all.firstIndex(where: { $0.capsule == signer.capsule && $0.key == signer.key }) {
                    let isRaised = all[index].standing == .refused && signer.standing == .allowed
                    if signer.standing == .pinned || isRaised { all[index].standing = signer.standing }
                } else {
                    all.append(signer)
                }
            }
        }
    }

    /// Lets a key sign one capsule; false when it was pinned already.
    package func pin(_ key: PublicKey, as name: String, for id: CapsuleID) throws(AmxError) -> Bool {
        guard try !all(of: id).contains(where: { $0.key == key && $0.standing == .pinned }) else { return false }
        let signer = KnownSigner(
            capsule: id, key: key, principal: name, release: "", place: "amx trust add", time: Int64(Glibc.time(nil)),
            standing: .pinned)
        try add([signer])
        return true
    }

    /// Forgets keys; returns those that were there.
    package func remove(where isMeant: (KnownSigner) -> Bool) throws(AmxError) -> [KnownSigner] {
        var removed: [KnownSigner] = []
        try change { all in
            removed = all.filter(isMeant)
            all.removeAll(where: isMeant)
        }
        return removed
    }

    private func change(_ body: (inout [KnownSigner]) -> Void) throws(AmxError) {
        let lock = try FileLock(lockPath, busy: "cannot change the known signers")
        let before = try all()
        var after = before
        body(&after)
        let refused = Dictionary(grouping: after.filter { $0.standing == .refused }, by: \.capsule)
        let kept = Set(refused.values.flatMap { $0.suffix(Self.refusedLimit) })
        after.removeAll { $0.standing == .refused && !kept.contains($0) }
        guard after != before else { return }
        let json: JSONValue = ["signers": .array(after.map(Self.json))]
        try AtomicFile.write(JSONWriter.bytes(json, .pretty), to: path)
        _ = consume lock
    }

    private static func json(_ signer: KnownSigner) -> JSONValue {
        [
            "capsule": .string(signer.capsule.string), "principal": .string(signer.principal),
            "key": .string(signer.key.line), "fingerprint": .string(signer.key.fingerprint),
            "release": .string(signer.release), "place": .string(signer.place), "time": .integer(signer.time),
            "standing": .string(signer.standing.rawValue),
        ]
    }

    private static func signer(_ json: JSONValue) -> KnownSigner? {
        guard let capsule = json["capsule"]?.string.flatMap({ try? CapsuleID($0) }),
            let key = json["key"]?.string.flatMap({ PublicKey(line: $0) }), let principal = json["principal"]?.string,
            let release = json["release"]?.string, let place = json["place"]?.string,
            let time = json["time"]?.integer,
            let standing = json["standing"]?.string.flatMap({ KnownSigner.Standing(rawValue: $0) })
        else { return nil }
        return KnownSigner(
            capsule: capsule, key: key, principal: principal, release: release, place: place, time: time,
            standing: standing)
    }
}
