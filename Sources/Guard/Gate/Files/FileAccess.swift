/// What is done with a file; neither includes the other (row S-079).
package enum FileAccess: String, Hashable, Sendable, CaseIterable {
    case read
    case write
}
