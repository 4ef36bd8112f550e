/// What happened to a file or value (row A-140).
package enum ChangeOperation: String, Sendable, Hashable {
    case create
    case update
    case delete
    case move

    /// The operation between a value that may be missing before and one that may be missing afterwards.
    package init(hadValue: Bool, hasValue: Bool) {
        self = hadValue ? (hasValue ? .update : .delete) : .create
    }
}
