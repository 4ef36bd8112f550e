package import Objects

/// A signature in OpenSSH's SSHSIG form, with the key that it claims to be of.
///
/// Source: OpenSSH's PROTOCOL.sshsig, version 1. That a signature is sound says nothing of whose the key is.
package struct SSHSignature: Hashable, Sendable {
    /// What a signature is for, so that one made for one purpose is no good for another.
    package enum Namespace: String, Sendable {
        /// Commits and tags.
        case git
        /// `.kc` files.
        case capsule = "amx-capsule"
        /// Bundles.
        case bundle = "amx-bundle"
    }

    /// The longest armoured form that is looked at, in bytes.
    package static let sizeLimit = 65_536
    static let begin = Array("-----BEGIN SSH SIGNATURE-----".utf8)
    static let end = Array("-----END SSH SIGNATURE-----".utf8)
    private static let magic = Array("SSHSIG".utf8)

    private enum Hash: String {
        case sha256
        case sha512
    }

    /// The key that it was made with, as it says itself.
    package let key: PublicKey
    /// What it was made for.
    package let namespace: String
    private let hash: Hash
    private let signature: [UInt8]

    /// Reads the armoured form: the first line, lines of base64, the last line and its end, and nothing else.
    ///
    /// `.verification` names what is malformed.
    package init(armored text: some Collection<UInt8>) throws(AmxError) {
        guard text.count <= Self.sizeLimit else {
            throw Self.malformed("it is longer than \(Self.sizeLimit) bytes")
        }
        var lines = Array(text).split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.last?.isEmpty == true else { throw Self.malformed("it is cut off") }
        lines.removeLast()
        guard lines.first.map({ $0.elementsEqual(Self.begin) }) == true else {
            throw Self.malformed("it does not start with BEGIN SSH SIGNATURE")
        }
        guard let end = lines.firstIndex(where: { $0.elementsEqual(Self.end) }) else {
            throw Self.malformed("it does not end with END SSH SIGNATURE")
        }
        guard end == lines.index(before: lines.endIndex) else { throw Self.malformed("something follows it") }
        let body = lines[1..<end]
        guard body.allSatisfy({ !$0.isEmpty }), let blob = Base64Text.decode(body.flatMap { $0 }) else {
            throw Self.malformed("it is not lines of base64")
        }
        try self.init(blob: blob)
    }

    /// Reads the binary form; `.verification` names what is malformed.
    init(blob: [UInt8]) throws(AmxError) {
        var reader = SSHReader(blob)
        guard reader.bytes(Self.magic.count) == Self.magic else {
            throw Self.malformed("its first bytes are not SSHSIG")
        }
        guard let version = reader.number() else { throw Self.malformed("it is cut off") }
        guard version == 1 else { throw Self.malformed("its version is \(version), not 1") }
        guard let key = reader.string(), let namespace = reader.string(), let reserved = reader.string(),
            let hash = reader.string(), let signature = reader.string(), reader.isAtEnd
        else { throw Self.malformed("its lengths are wrong") }
        guard let key = PublicKey(blob: key) else { throw Self.malformed("its key is malformed") }
        guard !namespace.isEmpty, let name = String(validating: namespace, as: UTF8.self) else {
            throw Self.malformed("its namespace is malformed")
        }
        guard reserved.isEmpty else { throw Self.malformed("its reserved field is not empty") }
        guard let hash = Hash(rawValue: String(decoding: hash, as: UTF8.self)) else {
            throw Self.malformed("its hash is neither sha256 nor sha512")
        }
        self.key = key
        self.namespace = name
        self.hash = hash
        self.signature = signature
    }

    /// Throws `.verification` unless the signature was made of these bytes, for this purpose, with its key.
    package func verify(_ message: [UInt8], for namespace: Namespace) throws(AmxError) {
        guard self.namespace.utf8.elementsEqual(namespace.rawValue.utf8) else {
            throw AmxError(
                .verification,
                "its signature was made for '\(TreeRules.printable(self.namespace.utf8))', not for '\(namespace.rawValue)'"
            )
        }
        let digest =
            switch hash {
            case .sha256: SHA256Hasher.hash(of: message).bytes
            case .sha512: Ed25519.sha512(of: message)
            }
        let signed =
            Self.magic + SSHReader.encoded(namespace.rawValue.utf8) + SSHReader.encoded([])
            + SSHReader.encoded(hash.rawValue.utf8) + SSHReader.encoded(digest)
        guard key.verifies(signature, of: signed) else {
            throw AmxError(.verification, "its signature does not fit its content: one of them was changed")
        }
    }

    private static func malformed(_ reason: String) -> AmxError {
        AmxError(.verification, "its signature is malformed: \(reason)")
    }
}
