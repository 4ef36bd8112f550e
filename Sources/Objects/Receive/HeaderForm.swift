/// The form of commit and tag objects, as `git fsck --strict` has it.
///
/// Like git it takes tags without a tagger and header lines that it does not know; unlike git it refuses a tag whose name
/// could not be a ref's.
enum HeaderForm {
    /// Throws at the first thing that is wrong in a commit.
    static func checkCommit(_ bytes: UnsafeRawBufferPointer, id: ObjectID) throws(AmxError) {
        guard !bytes.contains(0) else { throw PackRefusal.object(id, .commit, "it has a NUL byte") }
        var lines = try HeaderCursor(bytes, id: id, kind: .commit)
        guard let tree = lines.value(of: "tree") else { throw lines.refuse("its tree line is missing") }
        guard ObjectID(hex: tree) != nil else { throw lines.refuse("its tree is not an object id") }
        while let parent = lines.value(of: "parent") {
            guard ObjectID(hex: parent) != nil else { throw lines.refuse("a parent is not an object id") }
        }
        guard let author = lines.value(of: "author") else { throw lines.refuse("its author line is missing") }
        try IdentityForm.check(author, of: lines)
        guard lines.value(of: "author") == nil else { throw lines.refuse("it has several authors") }
        guard let committer = lines.value(of: "committer") else { throw lines.refuse("its committer line is missing") }
        try IdentityForm.check(committer, of: lines)
    }

    /// Throws at the first thing that is wrong in a tag.
    static func checkTag(_ bytes: UnsafeRawBufferPointer, id: ObjectID) throws(AmxError) {
        var lines = try HeaderCursor(bytes, id: id, kind: .tag)
        guard let object = lines.value(of: "object") else { throw lines.refuse("its object line is missing") }
        guard ObjectID(hex: object) != nil else { throw lines.refuse("its object is not an object id") }
        guard let type = lines.value(of: "type") else { throw lines.refuse("its type line is missing") }
        guard ObjectKind(rawValue: String(decoding: type, as: UTF8.self)) != nil else {
            throw lines.refuse("its type is unknown")
        }
        guard let name = lines.value(of: "tag") else { throw lines.refuse("its tag line is missing") }
        guard RefName(bytes: Array("refs/tags/".utf8) + name) != nil else {
            throw lines.refuse("its name could not be a ref's")
        }
        if let tagger = lines.value(of: "tagger") { try IdentityForm.check(tagger, of: lines) }
    }
}
