import Capsules
import Objects

extension EventTime {
    /// So many days after this moment, or the last moment that there is; the days are those of a ``RetentionPeriod``.
    func adding(days: Int) -> EventTime {
        EventTime(microseconds: microseconds + Int64(days) * 86_400_000_000)
    }

    /// Whether the state of a capsule says that its grace period has passed now: it is soft removed, and `until` is not after this moment.
    ///
    /// A state without a readable `until` is never due: nothing is deleted because something cannot be read.
    func isPastGrace(of state: JSONObject) -> Bool {
        guard LifecycleState(projected: state) == .softRemoved,
            let until = state["until"]?.string.flatMap({ EventTime($0) })
        else { return false }
        return until <= self
    }
}
