/// The four kinds of git object.
public enum ObjectKind: String, Sendable, CaseIterable {
    case commit
    case tree
    case blob
    case tag
}
