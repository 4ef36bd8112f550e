package import Objects

/// Chooses which commits a client offers to a server, and in which order.
///
/// The best order is newest first, tips before their ancestors.
package protocol Negotiator {
    /// The next commit to offer; nil when there are no more. After nil it is not asked again.
    mutating func next() throws -> ObjectID?
    /// Hears that the server has a commit that was offered: neither it nor its ancestors need be offered again.
    mutating func acknowledge(_ id: ObjectID) throws
}

/// Offers commits in the order in which they come, whatever the server acknowledges.
package struct OrderedNegotiator: Negotiator {
    private let source: () throws -> ObjectID?

    /// Takes commits from a closure until it returns nil.
    package init(_ source: @escaping () throws -> ObjectID?) { self.source = source }

    /// Takes commits from a list.
    package init(_ commits: some Sequence<ObjectID>) {
        var iterator = Array(commits).makeIterator()
        source = { iterator.next() }
    }

    package mutating func next() throws -> ObjectID? { try source() }
    package mutating func acknowledge(_ id: ObjectID) {}
}
