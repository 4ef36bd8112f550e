/// The name by which a program introduces itself to its peer.
package enum Agent {
    /// `amx/<version>`, with characters that the protocol does not allow there replaced by dots.
    package static func name(version: String) -> String {
        let safe = version.utf8.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }
        return "amx/" + String(decoding: safe, as: UTF8.self)
    }
}
