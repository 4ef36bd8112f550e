package import Objects

/// What a fetch or a push did to one reference.
package struct RefOutcome: Sendable, Hashable {
    /// How it ended, in the words of `--json`.
    package enum Status: String, Sendable {
        /// Changed.
        case ok
        /// There was nothing to do.
        case upToDate = "up-to-date"
        /// Left as it was.
        case rejected
    }

    /// Why a reference was left as it was.
    package struct Rejection: Sendable, Hashable {
        /// The kind of failure, for the exit status.
        package let code: AmxError.Code
        /// Why, in few words.
        package let reason: String
        /// What to do about it.
        package let hint: String?

        init(_ code: AmxError.Code, _ reason: String, hint: String? = nil) {
            self.code = code
            self.reason = reason
            self.hint = hint
        }

        init(_ error: AmxError) {
            self.init(error.code, error.message, hint: error.hint)
        }
    }

    /// The reference that was to change: of a push the other side's, of a fetch ours.
    package let ref: RefName
    /// What it pointed at; nil when it did not exist.
    package let old: ObjectID?
    /// What it was to point at; nil when it was to go.
    package let new: ObjectID?
    /// How it ended.
    package let status: Status
    /// Why it was left as it was; nil unless rejected.
    package let rejection: Rejection?
    /// Whether the new commit does not have the old one in its history.
    package let isForced: Bool

    init(
        _ ref: RefName, old: ObjectID?, new: ObjectID?, isForced: Bool = false, rejection: Rejection? = nil
    ) {
        self.ref = ref
        self.old = old
        self.new = new
        self.isForced = isForced && rejection == nil
        self.rejection = rejection
        status = rejection != nil ? .rejected : old == new ? .upToDate : .ok
    }

    /// The same reference, left as it was after all.
    func rejected(_ rejection: Rejection) -> RefOutcome {
        RefOutcome(ref, old: old, new: new, rejection: rejection)
    }

    /// The same change, which replaces history.
    func forced() -> RefOutcome { RefOutcome(ref, old: old, new: new, isForced: true, rejection: rejection) }
}
