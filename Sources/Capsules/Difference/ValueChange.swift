/// One place where two JSON or YAML documents differ.
package struct ValueChange: Sendable, Hashable {
    /// Where the value stands afterwards, or stood before where it is gone.
    package let path: JSONPath
    /// Of an element that was moved, where it stood before.
    package let movedFrom: JSONPath?
    /// The value before; nil where there was none.
    package let old: JSONValue?
    /// The value afterwards; nil where there is none.
    package let new: JSONValue?

    /// What happened to the value; an element that was moved and changed has one change of each kind.
    package var operation: ChangeOperation {
        movedFrom == nil ? ChangeOperation(hadValue: old != nil, hasValue: new != nil) : .move
    }
}
