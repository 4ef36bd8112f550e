package import Objects

/// A place of a JSON or YAML document that two sides changed in ways that cannot both be.
package struct JSONConflict: Sendable, Hashable {
    /// Where it is in the merged document; an element that ours does not have is shown at its array.
    package let path: JSONPath
    /// What stood there; nil where there was nothing.
    package let base: JSONValue?
    /// What ours has there; nil where it removed it.
    package let ours: JSONValue?
    /// What theirs has there; nil where it removed it.
    package let theirs: JSONValue?

    package init(path: JSONPath, base: JSONValue?, ours: JSONValue?, theirs: JSONValue?) {
        (self.path, self.base, self.ours, self.theirs) = (path, base, ours, theirs)
    }

    /// The value of a side.
    package subscript(side: MergeSide) -> JSONValue? {
        switch side {
        case .base: base
        case .ours: ours
        case .theirs: theirs
        }
    }
}
