/// How many events were dropped for whom, and when that is told again (row S-106).
struct LagLedger {
    struct Entry: Hashable, Sendable {
        let subscriber: EventSubscriber
        let count: Int
    }

    /// It is told no more than once in so many nanoseconds.
    static let pause: Int64 = 10_000_000_000

    private var counts: [EventSubscriber: Int] = [:]
    private var notBefore: Int64 = .min

    mutating func add(_ count: Int, for subscriber: EventSubscriber) { counts[subscriber, default: 0] += count }

    /// All that has not been told yet, by name; nil where there is nothing, or its time has not come.
    mutating func take(at moment: Int64) -> [Entry]? {
        guard !counts.isEmpty, moment >= notBefore else { return nil }
        defer {
            counts = [:]
            notBefore = moment.addingReportingOverflow(Self.pause).partialValue
        }
        return counts.map { Entry(subscriber: $0.key, count: $0.value) }
            .sorted { ($0.subscriber.kind, $0.subscriber.name) < ($1.subscriber.kind, $1.subscriber.name) }
    }
}
