package import Objects

/// What a signature is worth: whether it is sound, whose it is, and who says so.
package struct SignatureVerdict: Hashable, Sendable {
    /// The kinds of verdict, by the names that `--json` has.
    package enum State: String, Sendable {
        /// Sound, and by a key that is trusted.
        case good
        /// Sound, by a key that nobody has said anything about, or that counts for something else.
        case untrusted
        /// Malformed, or not of this content, or by a key that is revoked or stands in another's place.
        case bad
        /// There is none.
        case none
        /// Of a kind that cannot be verified here.
        case unsupported
    }

    /// Why a key is trusted.
    package enum Trust: String, Sendable {
        /// An allowed-signers file has it.
        case allowed
        /// A user said that it signs this capsule.
        case pinned
        /// It was the first one that was seen of this capsule.
        case firstUse = "first-use"
    }

    /// The verdict.
    package let state: State
    /// Whose the key is: the principals of the allowed-signers file, or the tagger that the key was seen with.
    package let signer: String?
    /// The key, when the signature could be read.
    package let key: PublicKey?
    /// Why the key is trusted; nil unless the state is good.
    package let trust: Trust?
    /// Whether what is wrong is that another key stands in a known one's place.
    package let hasChangedKey: Bool
    /// What is wrong, for all states but good and none.
    package let problem: String?
    /// What can be done about it.
    package let hint: String?

    /// Makes a verdict.
    package init(
        _ state: State, signer: String? = nil, key: PublicKey? = nil, trust: Trust? = nil,
        hasChangedKey: Bool = false, problem: String? = nil, hint: String? = nil
    ) {
        self.state = state
        self.signer = signer
        self.key = key
        self.trust = trust
        self.hasChangedKey = hasChangedKey
        self.problem = problem
        self.hint = hint
    }

    /// Whether somebody chose to trust the signer: what a policy that requires signatures asks for.
    ///
    /// A key that only was the first one to be seen was chosen by nobody.
    package var isChosen: Bool { state == .good && trust != .firstUse }

    /// The same signature, found to be of something else.
    package func spoiled(_ problem: String) -> SignatureVerdict {
        SignatureVerdict(.bad, signer: signer, key: key, problem: problem)
    }

    /// The error for something that must have a chosen signer's signature; nil when it has one.
    ///
    /// `.verification` when the signature is bad, `code` for all else.
    package func shortfall(of subject: String, code: AmxError.Code) -> AmxError? {
        guard !isChosen else { return nil }
        switch state {
        case .none:
            return AmxError(
                code, "\(subject) is not signed",
                hint: "`amx commit --sign`, `amx release --sign`; what is there never changes: sign the next one")
        case .good:
            return AmxError(
                code, "\(subject) is signed by a key that is only known from its first use: \(key?.fingerprint ?? "")",
                hint: "find out whose it is, then run `amx trust add`")
        case .untrusted, .unsupported:
            return AmxError(code, "\(subject): \(problem ?? "its signer is not trusted")", hint: hint)
        case .bad:
            return AmxError(.verification, "\(subject): \(problem ?? "its signature is bad")", hint: hint)
        }
    }
}
