import Objects

/// Notices a server that says for long no more than that it is there.
///
/// Who reads an answer tells of each piece whether it said anything.
struct NewsGuard {
    private let seconds: Int
    private let host: String
    private var last: ContinuousClock.Instant?

    /// Allows so many seconds between two pieces of news, counted from the first piece on.
    init(seconds: Int, host: String) {
        self.seconds = seconds
        self.host = host
    }

    /// Takes note of a piece; throws when there has been no news for too long.
    mutating func note(isNews: Bool, at now: ContinuousClock.Instant = .now) throws(AmxError) {
        guard !isNews, let last else {
            last = now
            return
        }
        guard now - last < .seconds(seconds) else {
            throw AmxError(
                .network, "\(host) has said for \(seconds) seconds no more than that it is there",
                hint: "run the command again; AMX_ANSWER_TIMEOUT sets how long to wait")
        }
    }
}
