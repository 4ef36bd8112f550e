import Objects

/// A public key in OpenSSH's form.
///
/// Equality is that of the key: its binary form. What stands beside it in a file, such as a comment, is no part of it.
package struct PublicKey: Hashable, Sendable {
    /// What a key can be used for here.
    private enum Material: Hashable, Sendable {
        case ed25519([UInt8])
        /// The key of a security key, with the hash of the application that it was made for.
        case securityKey([UInt8], application: [UInt8])
        case other
    }

    /// The longest binary form that is looked at, in bytes; an RSA key of 16,384 bits has about 2,100.
    private static let sizeLimit = 16_384

    /// The key's type, such as `ssh-ed25519`.
    package let type: String
    /// The binary form, type included.
    package let blob: [UInt8]
    private let material: Material

    /// Reads the binary form; nil when it is malformed. A key of a type that is not known is read as such.
    package init?(blob: [UInt8]) {
        guard blob.count <= Self.sizeLimit else { return nil }
        var reader = SSHReader(blob)
        guard let name = reader.string(), !name.isEmpty, name.count <= 64,
            name.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        type = String(decoding: name, as: UTF8.self)
        self.blob = blob
        switch type {
        case "ssh-ed25519":
            guard let key = reader.string(), key.count == Ed25519.keySize, reader.isAtEnd else { return nil }
            material = .ed25519(key)
        case "sk-ssh-ed25519@openssh.com":
            guard let key = reader.string(), key.count == Ed25519.keySize, let application = reader.string(),
                reader.isAtEnd
            else { return nil }
            material = .securityKey(key, application: SHA256Hasher.hash(of: application).bytes)
        default: material = .other
        }
    }

    /// Reads a line of a `.pub` file: type, base64, and a comment that is passed over; nil when it is something else.
    package init?(line: some StringProtocol) {
        let fields = line.utf8.split(maxSplits: 2, whereSeparator: { $0 == 0x20 || $0 == 0x09 })
        guard fields.count >= 2, fields[1].count <= Self.sizeLimit * 2,
            let blob = Base64Text.decode(fields[1].filter { $0 != 0x0D }), let key = PublicKey(blob: blob),
            fields[0].elementsEqual(key.type.utf8)
        else { return nil }
        self = key
    }

    /// Whether signatures of this type of key can be verified.
    package var isSupported: Bool { material != .other }

    /// `SHA256:` and the base64 of the binary form's SHA-256, without padding, as `ssh-keygen -l` shows it.
    package var fingerprint: String {
        let digits = Base64Text.encode(SHA256Hasher.hash(of: blob).bytes).filter { $0 != UInt8(ascii: "=") }
        return "SHA256:\(String(decoding: digits, as: UTF8.self))"
    }

    /// Type and base64, as a `.pub` file has them.
    package var line: String { "\(type) \(String(decoding: Base64Text.encode(blob), as: UTF8.self))" }

    /// Whether a signature in SSH's binary form, of this key's type, was made of these bytes with this key.
    ///
    /// A security key must have been touched. False also for everything malformed and for types that are not supported.
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        var reader = SSHReader(signature)
        guard let name = reader.string(), name.elementsEqual(type.utf8), let raw = reader.string() else { return false }
        switch material {
        case .ed25519(let key):
            return reader.isAtEnd && Ed25519.verifies(raw, of: message, with: key)
        case .securityKey(let key, let application):
            guard let flags = reader.byte(), let counter = reader.bytes(4), reader.isAtEnd, flags & 1 == 1 else {
                return false
            }
            let signed = application + [flags] + counter + SHA256Hasher.hash(of: message).bytes
            return Ed25519.verifies(raw, of: signed, with: key)
        case .other: return false
        }
    }
}
