import Objects

/// Gives the other side's words about a push a kind, from which the exit status follows.
///
/// The protocol carries words only. Known are those of git, of Amx and of the system's errors; what is not known is the other
/// side's decision, or about a whole pack its failure.
enum RefusalReason {
    /// Words that tell a kind, the first that occur counting.
    private static let words: [(code: AmxError.Code, words: [String])] = [
        // The other side is in trouble: it has decided nothing.
        (
            .failure,
            [
                "no space left", "disk quota", "file too large", "input/output error", "read-only file system",
                "too many open files", "cannot allocate", "cannot write", "cannot sync", "cannot rename",
                "abnormal exit", "unable to write", "insufficient permission",
            ]
        ),
        // A hub says so of its own failures, which it keeps to its log.
        (.network, ["internal error"]),
        // A race with another push.
        (
            .conflict,
            [
                "non-fast-forward", "fetch first", "stale info", "already exists", "failed to update ref",
                "cannot lock ref", "a release never changes", "atomic push failure",
                "events would be lost", "current branch", "checked out",
            ]
        ),
        (.verification, ["digest", "signature"]),
        (
            .denied,
            [
                "declined", "denied", "deny", "protected", "policy", "default branch", "prohibited",
                "neither a branch nor a release",
            ]
        ),
        (
            .failure,
            ["this is the repository of", "manifest", "limit", "well-formed", "annotated tag", "points at commits"]
        ),
    ]

    /// The rejection of a reference; `concernsPack` says that all of the push was refused for its pack.
    static func rejection(_ reason: String, concernsPack: Bool = false) -> RefOutcome.Rejection {
        let text = reason.lowercased()
        let known = words.first { $0.words.contains { text.contains($0) } }
        let isTrouble = known?.words == words.first?.words
        let code = known?.code ?? (concernsPack ? .failure : .denied)
        switch code {
        case .conflict where text.contains("current branch") || text.contains("checked out"):
            return .init(code, reason, hint: "push another branch, or pull where that branch is worked on")
        case .conflict: return .init(code, reason, hint: "run `amx pull --merge`, then push again")
        case .failure where isTrouble, .network:
            return .init(code, reason, hint: "the other side failed: push again later, or tell whoever keeps it")
        case .denied where text.contains("is not signed"):
            return .init(
                code, reason,
                hint: "`amx commit --sign`, `amx release --sign`; what is there never changes: sign the next one")
        default: return .init(code, reason)
        }
    }
}
