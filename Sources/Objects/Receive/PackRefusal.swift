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
        AmxError(
            .failure, "cannot take the pack: \(what): the limit '\(setting)' is \(limit)",
            hint: "send less at a time, or raise '\(setting)' where it is received")
    }
}
