package import Capsules

/// What a program may ask of its host while it runs (`docs/host-functions.md`).
package protocol HostInterface {
    /// Answers a call; what is thrown is told to the program, which goes on.
    mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue
}
