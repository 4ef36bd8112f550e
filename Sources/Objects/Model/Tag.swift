/// An annotated tag object.
package struct Tag: Hashable, Sendable {
    /// What the tag points at.
    package var target: ObjectID
    /// The target's kind.
    package var targetKind: ObjectKind
    /// The name that the tag was made for, such as `v1.2.0`.
    package var name: String
    /// Who made it; very old tags have none.
    package var tagger: Signature?
    /// The whole message, trailers and any signature block included.
    package var message: String

    /// Makes a tag; the message gets a final newline when it lacks one.
    package init(target: ObjectID, targetKind: ObjectKind, name: String, tagger: Signature?, message: String) {
        self.target = target
        self.targetKind = targetKind
        self.name = name
        self.tagger = tagger
        self.message = message.utf8.last == 0x0A ? message : message + "\n"
    }

    /// Parses an object's bytes; `id` is for the error.
    package init(parsing bytes: [UInt8], id: ObjectID) throws(AmxError) {
        let header = HeaderLines(bytes)
        guard header.lines.prefix(3).map(\.key) == ["object", "type", "tag"],
            let target = header.first("object").flatMap({ ObjectID(hex: $0) }),
            let kind = header.first("type").flatMap({ ObjectKind(rawValue: String(decoding: $0, as: UTF8.self)) }),
            let name = header.first("tag")
        else {
            throw AmxError(
                .verification, "tag \(id) is damaged: object, type or name is missing", hint: AmxError.damagedStore)
        }
        self.target = target
        targetKind = kind
        self.name = String(decoding: name, as: UTF8.self)
        tagger = header.first("tagger").flatMap { Signature(header: $0) }
        message = String(decoding: header.message, as: UTF8.self)
    }

    /// The object's bytes.
    package var encoded: [UInt8] {
        var text = "object \(target)\ntype \(targetKind.rawValue)\ntag \(name)\n"
        if let tagger { text += "tagger \(tagger.header)\n" }
        return Array((text + "\n" + message).utf8)
    }
}
