/// The errors of packs that are not taken in.
enum PackRefusal {
    /// A pack that breaks git's format.
    static func malformed(_ why: String) -> AmxError {
        AmxError(
            .failure, "cannot take the pack: \(why)",
            hint: "the sender's repository or the connection is damaged: run `git fsck` there and send again")
    }

    /// A pack whose bytes are not those that were sent.
    static func corrupt(_ why: String) -> AmxError {
        AmxError(.verification, "cannot take the pack: \(why)", hint: "send it again")
    }

    /// An object that git or Amx does not allow.
    static func object(_ id: ObjectID, _ kind: ObjectKind, _ why: String, hint: String? = nil) -> AmxError {
        AmxError(
            .failure, "cannot take \(kind.rawValue) \(id): \(why)",
            hint: hint ?? "rewrite the commits that hold it and send again")
    }

    /// A pack that passes one of the limits; `setting` is the limit's name in ``Limits``.
    static func over(_ what: String, limit: Int, setting: String) -> AmxError {
        let advice =
            switch setting {
            case "objectBytes": "split the file or leave it out of the commits"
            case "packBytes": "push older commits first, as a branch of their own, so that less goes at once"
            case "compressionRatio": "leave the file out of the commits"
            case "deltaDepth": "run `git repack -a -d -f --depth=\(limit)` where it is sent"
            default: "send less at a time"
            }
        return AmxError(
            .failure, "cannot take the pack: \(what): the limit '\(setting)' is \(limit)",
            hint: "\(advice), or \(Limits.raised(setting))", cause: PassedLimit(setting: setting))
    }
}
