import Objects

/// A change of a capsule's form, written down before both forms lie there for a moment.
struct Conversion: Sendable, Hashable {
    /// The form that stays.
    let form: Form
    /// The digest of the content that is converted: a `.kc` file that differs is somebody else's.
    let digest: String
    /// The inode of the new file or directory, which may get its place or not.
    let inode: UInt64

    private static let firstLine = "amx conversion 1"

    /// Makes a note.
    init(to form: Form, digest: ContentDigest, inode: UInt64) {
        self.form = form
        self.digest = digest.text
        self.inode = inode
    }

    /// The note's bytes.
    var encoded: [UInt8] {
        Array("\(Self.firstLine)\nform \(form.rawValue)\ndigest \(digest)\ninode \(inode)\n".utf8)
    }

    /// Reads a note; nil for anything else.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 4, lines[0] == Self.firstLine[...] else { return nil }
        func value(_ line: Int, _ key: String) -> String? {
            lines[line].hasPrefix("\(key) ") ? String(lines[line].dropFirst(key.count + 1)) : nil
        }
        guard let form = value(1, "form").flatMap(Form.init), let digest = value(2, "digest"),
            let inode = value(3, "inode").flatMap({ UInt64($0) })
        else { return nil }
        (self.form, self.digest, self.inode) = (form, digest, inode)
    }
}
