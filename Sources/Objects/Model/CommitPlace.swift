/// A commit's place in history: what walking needs, read without the rest of the object.
struct CommitPlace {
    let tree: ObjectID
    let parents: [ObjectID]
    /// The committer's clock, in seconds since 1970 UTC; 0 when it cannot be read.
    let time: Int64

    /// Parses an object's bytes by the rules of `Commit`; `id` is for the error.
    init(parsing bytes: UnsafeRawBufferPointer, id: ObjectID) throws(AmxError) {
        var rest = bytes[...]
        guard let tree = Self.id(after: "tree ", in: &rest) else {
            throw AmxError(.verification, "commit \(id) is damaged: its tree is missing", hint: AmxError.damagedStore)
        }
        var parents: [ObjectID] = []
        while rest.starts(with: "parent ".utf8) {
            guard let parent = Self.id(after: "parent ", in: &rest) else {
                throw AmxError(
                    .verification, "commit \(id) is damaged: a parent is not an object id", hint: AmxError.damagedStore)
            }
            parents.append(parent)
        }
        self.tree = tree
        self.parents = parents
        while !rest.isEmpty, rest.first != 0x0A {
            let line = rest.prefix { $0 != 0x0A }
            if line.starts(with: "committer ".utf8) {
                time = Signature.time(in: line)
                return
            }
            rest = rest[line.endIndex...].dropFirst()
        }
        throw AmxError(.verification, "commit \(id) is damaged: its committer is missing", hint: AmxError.damagedStore)
    }

    private static func id(after key: StaticString, in rest: inout Slice<UnsafeRawBufferPointer>) -> ObjectID? {
        let length = key.utf8CodeUnitCount
        guard rest.count > length + ObjectID.hexCount,
            key.withUTF8Buffer({ rest.starts(with: $0) }),
            let id = ObjectID(hex: rest.dropFirst(length).prefix(ObjectID.hexCount)),
            rest[rest.startIndex + length + ObjectID.hexCount] == 0x0A
        else { return nil }
        rest = rest.dropFirst(length + ObjectID.hexCount + 1)
        return id
    }
}
