/// A commit object.
package struct Commit: Hashable, Sendable {
    /// The root tree.
    package var tree: ObjectID
    /// The commits that this one follows, the first one first.
    package var parents: [ObjectID]
    /// Who wrote the change.
    package var author: Signature
    /// Who recorded it.
    package var committer: Signature
    /// The whole message, trailers included.
    package var message: String

    /// Makes a commit; the message gets a final newline when it lacks one and loses NULs, which git would stop at.
    package init(tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String) {
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer
        let text = message.utf8.contains(0) ? String(message.unicodeScalars.filter { $0.value != 0 }) : message
        self.message = text.utf8.last == 0x0A ? text : text + "\n"
    }

    /// Parses an object's bytes; `id` is for the error.
    ///
    /// As for git, the tree comes first and the parents right after it: a `parent` line further down is no parent. Bytes
    /// of the message that are not UTF-8 are replaced.
    package init(parsing bytes: [UInt8], id: ObjectID) throws(AmxError) {
        let header = HeaderLines(bytes)
        guard header.lines.first?.key == "tree", let tree = header.first("tree").flatMap({ ObjectID(hex: $0) }),
            let author = header.first("author").flatMap({ Signature(header: $0) }),
            let committer = header.first("committer").flatMap({ Signature(header: $0) })
        else {
            throw AmxError(
                .verification, "commit \(id) is damaged: tree, author or committer is missing",
                hint: AmxError.damagedStore)
        }
        var parents: [ObjectID] = []
        for line in header.lines.dropFirst().prefix(while: { $0.key == "parent" }) {
            guard let parent = ObjectID(hex: line.value) else {
                throw AmxError(
                    .verification, "commit \(id) is damaged: a parent is not an object id", hint: AmxError.damagedStore)
            }
            parents.append(parent)
        }
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer
        message = String(decoding: header.message, as: UTF8.self)
    }

    /// The object's bytes.
    package var encoded: [UInt8] {
        var text = "tree \(tree)\n"
        for parent in parents { text += "parent \(parent)\n" }
        text += "author \(author.header)\ncommitter \(committer.header)\n\n\(message)"
        return Array(text.utf8)
    }

    /// The message's first line that is not empty.
    package var subject: String {
        let isEnd = { (character: Character) in character == "\n" || character == "\r\n" }
        return String(message.drop(while: isEnd).prefix { !isEnd($0) })
    }
}
