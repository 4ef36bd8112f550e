/// What kind of thing a change is about (row A-140), in the order in which people should look at it.
package enum ChangeType: String, Sendable, Hashable, CaseIterable {
    case permission
    case dependency
    case schema
    case code
    case configuration
    case knowledge
    case embedding
    case data
}
