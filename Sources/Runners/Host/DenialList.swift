package import Guard

/// The denials of a run: the first different ones, and how many there were.
package struct DenialList: Sendable {
    /// The most that are kept.
    package static let limit = 100

    /// The first different ones, in their order.
    package private(set) var entries: [AccessDenial] = []
    /// How many there were of all.
    package private(set) var count = 0
    private var known: Set<AccessDenial> = []

    mutating func add(_ denial: AccessDenial) {
        count += 1
        guard entries.count < Self.limit, known.insert(denial).inserted else { return }
        entries.append(denial)
    }
}
