/// Who a request speaks for.
enum Principal: Sendable {
    /// No credentials were presented.
    case anonymous
    /// A working token was presented.
    case holder(Token)
}
