package import Capsules

/// What a program may ask of its host while it runs (`docs/host-functions.md`).
package protocol HostInterface {
    /// Answers a call; what is thrown is told to the program, which goes on.
    mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue

    /// Hears that a run begins, and when it will be ended: a moment of the monotonic clock in nanoseconds.
    mutating func begin(until deadline: Int64)

    /// How many requests went out for the run.
    var networkCalls: UInt64 { get }
}

extension HostInterface {
    package mutating func begin(until deadline: Int64) {}

    package var networkCalls: UInt64 { 0 }
}
