/// One change of one reference, with what must be true before it.
package struct RefUpdate: Hashable, Sendable {
    /// What the reference must be for the change to happen.
    package enum Expectation: Hashable, Sendable {
        /// Anything.
        case any
        /// The reference doesn't exist.
        case missing
        /// The reference points at this object.
        case id(ObjectID)
    }

    /// The full name.
    package var name: RefName
    /// The condition.
    package var expected: Expectation
    /// The new object; nil deletes the reference.
    package var new: ObjectID?

    /// Makes a change.
    package init(_ name: RefName, expected: Expectation, new: ObjectID?) {
        self.name = name
        self.expected = expected
        self.new = new
    }
}
