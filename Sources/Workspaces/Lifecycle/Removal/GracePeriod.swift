package import Capsules
package import Objects

/// How long a removed capsule can be had back (rows ): the setting `lifecycle.grace`, in days.
package struct GracePeriod: Sendable, Hashable {
    /// The setting's key.
    static let key = "lifecycle.grace"
    /// The periods that may be chosen, in days.
    package static let range = 7...365
    /// What holds without a setting.
    package static let standard = GracePeriod(unchecked: 30)

    /// The days.
    package let days: Int

    /// A period within the range; nil for any other.
    package init?(days: Int) {
        guard Self.range.contains(days) else { return nil }
        self.init(unchecked: days)
    }

    private init(unchecked days: Int) { self.days = days }

    /// The moment until which what is removed at another one can be had back.
    package func end(after removal: EventTime) -> EventTime {
        EventTime(microseconds: removal.microseconds + Int64(days) * 86_400_000_000)
    }

    /// Whether the state of a capsule says that its grace period has passed: it is soft removed, and `until` is not after `now`.
    ///
    /// A state without a readable `until` is never due: nothing is deleted because something cannot be read.
    package static func isOver(_ state: JSONObject, at now: EventTime) -> Bool {
        guard LifecycleState(projected: state) == .softRemoved,
            let until = state["until"]?.string.flatMap({ EventTime($0) })
        else { return false }
        return until <= now
    }
}

extension Workspace {
    /// How long what is removed here can be had back; `.failure` for a setting that is none.
    package func gracePeriod() throws(AmxError) -> GracePeriod {
        guard let entry = try Settings(self).value(SettingKey(GracePeriod.key)) else { return .standard }
        guard let days = Int(entry.value), let period = GracePeriod(days: days) else {
            throw AmxError(
                .failure,
                "\(GracePeriod.key) cannot be '\(TreeRules.printable(entry.value.utf8))': it is set in \(entry.file)",
                hint:
                    "give a whole number of days from \(GracePeriod.range.lowerBound) to \(GracePeriod.range.upperBound)"
            )
        }
        return period
    }
}
