package import Capsules
package import Objects

/// Signs commits, releases and files with the user's key.
package struct Signer: Sendable, Hashable {
    /// The key.
    package let key: SigningKey
    private let program: SSHKeygen
    private let folder: String

    /// Signs with a key; files that are needed meanwhile go into `folder`, which is made when it is missing.
    package init(_ key: SigningKey, program: SSHKeygen, folder: String) {
        self.key = key
        self.program = program
        self.folder = folder
    }

    /// The armoured signature of some bytes.
    package func signature(
        of bytes: [UInt8], for namespace: SSHSignature.Namespace
    ) throws(AmxError) -> [UInt8] {
        try Directory.create(folder)
        return try program.sign(bytes, for: namespace, with: key, in: folder)
    }
}

extension Identity {
    /// A commit object's bytes, signed where this identity signs.
    func sealed(commit bytes: [UInt8]) throws(AmxError) -> [UInt8] {
        guard let signer else { return bytes }
        return SignedObject.commit(bytes, signedBy: try signer.signature(of: bytes, for: .git))
    }

    /// A tag object's bytes, signed where this identity signs.
    func sealed(tag bytes: [UInt8]) throws(AmxError) -> [UInt8] {
        guard let signer else { return bytes }
        return SignedObject.tag(bytes, signedBy: try signer.signature(of: bytes, for: .git))
    }
}
