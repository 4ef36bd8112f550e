import Objects

/// Who is trusted to sign one capsule: the allowed signers, and the keys that its releases have been seen with.
package struct TrustedSigners: Sendable {
    /// The allowed-signers files.
    package let allowed: AllowedSigners
    /// The keys of this capsule's releases from elsewhere, refused ones included.
    package let known: [KnownSigner]

    /// Makes the trust of one capsule.
    package init(allowed: AllowedSigners = AllowedSigners(), known: [KnownSigner] = []) {
        self.allowed = allowed
        self.known = known
    }

    /// What was signed, which decides what an unknown key means.
    package enum Subject: Sendable {
        /// A release, whose key should be the one that is known.
        case release(tagger: String?)
        /// A commit: everybody who contributes may have a key.
        case commit
        /// A `.kc` file.
        case file
        /// A bundle.
        case bundle

        var namespace: SSHSignature.Namespace {
            switch self {
            case .release, .commit: .git
            case .file: .capsule
            case .bundle: .bundle
            }
        }
    }

    /// The verdict on a commit or tag that has been taken apart; `time` is what the object says of itself.
    package func judge(_ object: SignedObject, as subject: Subject, at time: Int64) -> SignatureVerdict {
        switch object {
        case .unsigned: return SignatureVerdict(.none)
        case .ambiguous: return SignatureVerdict(.bad, problem: "it has more than one signature")
        case .foreign(let kind):
            return SignatureVerdict(
                .unsupported, problem: "its signature is of the kind \(kind), which cannot be verified here",
                hint: "verify it with git; Amx verifies SSH signatures")
        case .ssh(let armour, let payload): return judge(armour, of: payload, as: subject, at: time)
        }
    }

    /// The verdict on an armoured signature of some bytes.
    package func judge(
        _ armour: [UInt8], of payload: [UInt8], as subject: Subject, at time: Int64
    ) -> SignatureVerdict {
        let key: PublicKey
        do throws(AmxError) {
            let signature = try SSHSignature(armored: armour)
            key = signature.key
            guard key.isSupported else {
                return SignatureVerdict(
                    .unsupported, key: key, problem: "it is signed with a key of the type \(key.type)",
                    hint: "sign with an Ed25519 key: `amx key new` makes one")
            }
            try signature.verify(payload, for: subject.namespace)
        } catch {
            return SignatureVerdict(.bad, problem: error.message)
        }
        guard !allowed.isRevoked(key) else {
            return SignatureVerdict(.bad, key: key, problem: "its key \(key.fingerprint) has been revoked")
        }
        let (name, objection) = allowed.signer(of: key, for: subject.namespace, at: time)
        if let name { return SignatureVerdict(.good, signer: name, key: key, trust: .allowed) }
        if let objection {
            return SignatureVerdict(
                .untrusted, key: key, problem: "it is signed with \(key.fingerprint): \(objection)",
                hint: "`amx trust list` shows who is trusted, for what and when")
        }
        let accepted = known.filter { $0.standing != .refused }
        let own = accepted.first { $0.key == key }
        if let signer = own, signer.standing != .allowed {
            return SignatureVerdict(
                .good, signer: signer.principal, key: key, trust: signer.standing == .pinned ? .pinned : .firstUse)
        }
        if own == nil, case .release(let tagger) = subject, let before = known(by: tagger, in: accepted) {
            return changed(from: before, to: key, tagger: tagger)
        }
        return SignatureVerdict(
            .untrusted, key: key,
            problem: "it is signed with \(key.fingerprint), and nobody has said whose key that is",
            hint: "find out whose it is, then run `amx trust add NAME KEY`")
    }

    /// The key that a release should have had: the tagger's, else the one seen last.
    private func known(by tagger: String?, in accepted: [KnownSigner]) -> KnownSigner? {
        accepted.last { signer in tagger.map { $0.utf8.elementsEqual(signer.principal.utf8) } ?? false }
            ?? accepted.last
    }

    private func changed(from before: KnownSigner, to key: PublicKey, tagger: String?) -> SignatureVerdict {
        let name = tagger ?? "nobody"
        let story =
            known.first { $0.key == key }?.story ?? "\(key.fingerprint) (\(name)), seen now for the first time"
        return SignatureVerdict(
            .bad, key: key, hasChangedKey: true,
            problem: "its signing key has changed: it is signed with \(story); so far it was \(before.story)",
            hint: "ask its publisher, not by the same way, whether this is right; if it is, run "
                + "`amx trust add \(ShellWord.quoted(name)) \(key.fingerprint) --capsule \(before.capsule)`, "
                + "then do this again")
    }
}
