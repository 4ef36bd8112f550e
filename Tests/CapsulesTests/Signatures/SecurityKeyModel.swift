import TestSupport

@testable import Capsules
@testable import Objects

/// A security key in openssl: signs as FIDO's `ssh:` application does (OpenSSH's PROTOCOL.u2f).
struct SecurityKeyModel {
    private let folder: TemporaryDirectory
    private let key: [UInt8]

    init(_ folder: TemporaryDirectory) throws {
        self.folder = folder
        _ = try Self.openssl(["genpkey", "-algorithm", "ed25519", "-out", folder.appending("sk.pem")])
        let der = try Self.openssl(["pkey", "-in", folder.appending("sk.pem"), "-pubout", "-outform", "DER"])
        key = Array(der.suffix(32))
    }

    private static func openssl(_ arguments: [String]) throws -> [UInt8] {
        let outcome = try Tool.run("openssl", arguments)
        guard outcome.status == 0 else { throw SigningFixture.Failure(description: "openssl: \(outcome.errors)") }
        return outcome.output
    }

    /// An armoured signature in the namespace `git`; with `spoilsCounter` another counter than the signed one stands in it.
    func sign(_ message: [UInt8], flags: UInt8, spoilsCounter: Bool = false) throws -> [UInt8] {
        let type = Array("sk-ssh-ed25519@openssh.com".utf8)
        let string = { (bytes: [UInt8]) in SSHReader.encoded(bytes) }
        let application = Array("ssh:".utf8)
        let preamble = Array("SSHSIG".utf8)
        let wrapped =
            preamble + string(Array("git".utf8)) + string([]) + string(Array("sha512".utf8))
            + string(Ed25519.sha512(of: message))
        let signed =
            SHA256Hasher.hash(of: application).bytes + [flags, 0, 0, 0, 7] + SHA256Hasher.hash(of: wrapped).bytes
        try folder.write("sk.message", signed)
        let raw = try Self.openssl([
            "pkeyutl", "-sign", "-rawin", "-inkey", folder.appending("sk.pem"), "-in", folder.appending("sk.message"),
        ])
        let blob =
            preamble + [0, 0, 0, 1] + string(string(type) + string(key) + string(application))
            + string(Array("git".utf8)) + string([]) + string(Array("sha512".utf8))
            + string(string(type) + string(raw) + [flags, 0, 0, 0, spoilsCounter ? 8 : 7])
        let text = String(decoding: Base64Text.encode(blob), as: UTF8.self)
        return Array("-----BEGIN SSH SIGNATURE-----\n\(text)\n-----END SSH SIGNATURE-----\n".utf8)
    }
}
