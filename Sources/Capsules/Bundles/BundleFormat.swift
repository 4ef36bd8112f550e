import Objects
package import Versions

/// The names and numbers of bundles, as `docs/bundles.md` defines them.
package enum BundleFormat {
    /// What a bundle's file name ends in.
    package static let fileExtension = "kcbundle"
    /// The member that says what the bundle is.
    package static let manifestName = "bundle.json"
    /// The member with its signature.
    package static let signatureName = "bundle.json.sig"
    /// The longest name of a bundle, in bytes.
    package static let nameBytes = 128

    static let format = "amx-bundle"
    static let version: Int64 = 1
    /// The largest `bundle.json` that is read, in bytes: room for as many capsules as a lock can have.
    static let manifestBytes = 128 << 20

    /// Where the content of a release stands.
    package static func contentPath(_ id: CapsuleID, _ version: SemanticVersion) -> String {
        "capsules/\(id)-\(version.text).kc"
    }

    /// Where the rest of a release stands.
    package static func historyPath(_ id: CapsuleID, _ version: SemanticVersion) -> String {
        "history/\(id)-\(version.text).pack"
    }

    /// What is signed, by the bytes of `bundle.json`: no other signature of Amx is of such a text.
    package static func signedText(_ manifest: [UInt8]) -> [UInt8] { Array("amx-bundle-v1\n".utf8) + manifest }

    /// Whether a bundle may have a name: `^[a-z][a-z0-9-]*$`.
    package static func isName(_ text: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = text.utf8.first, letters.contains(first), text.utf8.count <= nameBytes else { return false }
        return text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }
    }
}
