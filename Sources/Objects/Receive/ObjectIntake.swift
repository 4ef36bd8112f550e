/// Hashes the objects of a pack and checks the form of its trees, commits and tags.
///
/// A blob that streams by is never whole in memory. Every other object is, and has at most ``metadataBytes``: the largest
/// tree that the other limits allow takes 14 MiB. Not for use by several threads at once.
final class ObjectIntake: PackScannerSink {
    /// The most bytes of a tree, commit or tag.
    static let metadataBytes = 16 << 20
    /// Blobs up to this size are hashed in one piece.
    private static let smallBytes = 1 << 16

    /// The blobs that a new tree names as git's attributes.
    private(set) var attributeFiles: Set<ObjectID> = []
    /// The first rule of trees that an entry breaks.
    private(set) var violation: TreeViolation?
    private let hasher: ObjectHasher
    private var kind = ObjectKind.blob
    private var isGathering = false
    private var gathered: [UInt8] = []
    private let observe: Observer?

    /// Gets each object that is whole in memory, with what is wrong with its form.
    typealias Observer = (ObjectID, ObjectKind, UnsafeRawBufferPointer, AmxError?) -> Void

    /// With an observer, an object of a wrong form is told of and no error.
    init(observe: Observer? = nil) throws(AmxError) {
        hasher = try ObjectHasher()
        self.observe = observe
    }

    func begin(_ kind: ObjectKind, size: Int) throws(AmxError) {
        self.kind = kind
        isGathering = kind != .blob || size <= Self.smallBytes
        if isGathering {
            try Self.checkSize(size, of: kind)
            gathered.removeAll(keepingCapacity: gathered.capacity <= Self.smallBytes)
        } else {
            try hasher.begin(kind, size: size)
        }
    }

    func content(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        if isGathering { gathered.append(contentsOf: bytes) } else { try hasher.update(bytes) }
    }

    func end() throws(AmxError) -> ObjectID {
        guard isGathering else { return try hasher.finish(kind) }
        return try accept(kind, gathered)
    }

    /// Hashes and checks an object that is all at hand.
    func accept(_ kind: ObjectKind, _ content: [UInt8]) throws(AmxError) -> ObjectID {
        try Self.checkSize(content.count, of: kind)
        // A rethrowing closure would lose the error's type.
        let outcome: Result<ObjectID, AmxError> = content.withUnsafeBytes { bytes in
            do throws(AmxError) {
                let id = try ObjectHasher.id(of: bytes, kind: kind)
                try check(id, kind, bytes)
                return .success(id)
            } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    private func check(_ id: ObjectID, _ kind: ObjectKind, _ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        guard let observe else {
            let found = try checkForm(id, kind, bytes)
            if violation == nil { violation = found }
            return
        }
        var problem: AmxError?
        do throws(AmxError) {
            problem = try checkForm(id, kind, bytes)?.error
        } catch { problem = error }
        observe(id, kind, bytes, problem)
    }

    private func checkForm(
        _ id: ObjectID, _ kind: ObjectKind, _ bytes: UnsafeRawBufferPointer
    ) throws(AmxError) -> TreeViolation? {
        switch kind {
        case .blob: break
        case .tree:
            return try TreeForm.check(bytes, id: id) { name, blob in
                if GitAttributes.isName(name) { attributeFiles.insert(blob) }
            }
        case .commit: try HeaderForm.checkCommit(bytes, id: id)
        case .tag: try HeaderForm.checkTag(bytes, id: id)
        }
        return nil
    }

    private static func checkSize(_ size: Int, of kind: ObjectKind) throws(AmxError) {
        guard kind == .blob || size <= metadataBytes else {
            throw PackRefusal.malformed("a \(kind.rawValue) has \(size) bytes: the most is \(metadataBytes)")
        }
    }
}
