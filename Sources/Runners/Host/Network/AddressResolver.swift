package import Guard

/// Tells which addresses the name of a host stands for.
package protocol AddressResolver: Sendable {
    /// The addresses of a name, asked for until a moment of the monotonic clock in nanoseconds; nil where there was no
    /// answer by then, empty where the name stands for none.
    func addresses(of name: String, until deadline: Int64) -> [IPAddress]?
}
