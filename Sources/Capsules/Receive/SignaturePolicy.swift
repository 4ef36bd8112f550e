package import Objects

/// Which references of a repository must be signed, and by whom.
package struct SignaturePolicy: Sendable {
    /// The patterns of references that must be signed, such as `refs/tags/v*`; `*` stands for any bytes.
    private let patterns: [[UInt8]]
    /// Who is trusted.
    package let signers: TrustedSigners

    /// Requires signatures of the references that any of the patterns fits; `.failure` for a pattern that could fit none.
    package init(requiring patterns: [String] = [], by signers: TrustedSigners = TrustedSigners()) throws(AmxError) {
        for pattern in patterns where !Self.canFit(pattern) {
            throw AmxError(
                .failure, "policy.requireSigned: '\(TreeRules.printable(pattern.utf8))' fits no reference",
                hint: "patterns are of whole names, such as refs/tags/v* or refs/heads/main")
        }
        self.patterns = patterns.map { Array($0.utf8) }
        self.signers = signers
    }

    /// Whether a pattern could fit a reference's name at all.
    private static func canFit(_ pattern: String) -> Bool {
        let never = Array(" ~^:[\\".utf8)
        return (pattern.hasPrefix("refs/") || pattern.hasPrefix("*"))
            && pattern.utf8.allSatisfy { $0 > 0x1F && $0 != 0x7F && !never.contains($0) }
    }

    private init() {
        patterns = []
        signers = TrustedSigners()
    }

    /// Requires nothing and trusts nobody.
    package static let none = SignaturePolicy()

    /// Whether a reference must be signed.
    package func requires(_ name: RefName) -> Bool {
        patterns.contains { SignerPattern.matches(name.bytes, $0) }
    }

    /// Throws unless a verdict meets the policy for a reference: `.verification` for a bad signature, `.denied` for none or
    /// one that nobody trusts.
    package func check(_ verdict: SignatureVerdict, of subject: String, as name: RefName) throws(AmxError) {
        if verdict.state == .bad, let error = verdict.shortfall(of: subject, code: .verification) { throw error }
        guard requires(name), let error = verdict.shortfall(of: subject, code: .denied) else { return }
        throw AmxError(
            error.code, "\(error.message), and \(name.string) must be signed by a trusted key", hint: error.hint)
    }
}
