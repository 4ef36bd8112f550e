import HubClient

/// How old what servers have said is, where they are not asked.
enum OfflineAge {
    /// What to warn of; nil where servers were asked, nothing came from them, or it is of the last hour.
    static func warning(_ places: RemoteReleasePlaces) -> String? {
        guard let seconds = places.oldestAnswer, seconds >= 3_600 else { return nil }
        let (count, unit) = seconds < 2 * 86_400 ? (seconds / 3_600, "hour") : (seconds / 86_400, "day")
        return
            "what servers have is known as of \(count) \(unit)\(count == 1 ? "" : "s") ago, since they are not asked offline"
    }
}
