package import Capsules

/// Why a talk with a program came to nothing.
package enum ConnectionFault: Error, Hashable, Sendable {
    /// It did not answer in time.
    case timedOut
    /// It has ended, or has closed its side.
    case ended
    /// What it wrote is no message: not JSON, not JSON-RPC, or longer than may be.
    case malformed(String)
    /// It answered with an error of its own.
    case refused(code: Int64, message: String, data: JSONValue?)
}
