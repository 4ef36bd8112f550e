import Foundation
import TestSupport

/// Keys of ssh-keygen in a folder, and git's options to sign with them.
struct SigningKeys {
    let folder: TemporaryDirectory

    init(_ names: String...) throws {
        folder = try TemporaryDirectory("amx-e2e-keys")
        for name in names { try make(name) }
    }

    /// Makes a key and returns its path.
    @discardableResult
    func make(_ name: String, passphrase: String = "") throws -> String {
        let path = folder.appending(name)
        let outcome = try Tool.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", path])
        guard outcome.status == 0 else { throw TestFailure("ssh-keygen: \(outcome.errors)") }
        return path
    }

    /// The line of a `.pub` file.
    func line(_ name: String) throws -> String {
        String(decoding: try folder.read("\(name).pub"), as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Options of git before the command's name.
    func options(_ name: String) -> [String] {
        ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(folder.appending(name))"]
    }
}
