import Capsules
import Objects
import Workspaces

extension Verification {
    /// The digest, or what is wrong with the content, for people.
    var details: String {
        if let problem { return Style.visible(problem) }
        guard let digest = digest?.text else { return "it cannot be read" }
        guard !isIntact, let expected else { return digest }
        return "\(digest), but \(source ?? "it") says \(Style.visible(expected))"
    }
}

extension SignatureVerdict {
    /// What the signature is worth, for people; empty when there is none.
    var line: String {
        switch state {
        case .none: return ""
        case .good:
            let trust = trust == .firstUse ? ", known from its first use" : ""
            return "signed by \(Style.visible(signer ?? "")) (\(key?.fingerprint ?? "")\(trust))"
        case .untrusted, .bad, .unsupported: return "\(state.rawValue): \(Style.visible(problem ?? ""))"
        }
    }

    /// The verdict, for `--json`.
    var json: JSONValue {
        [
            "state": .string(state.rawValue), "signer": .optional(signer), "key": .optional(key?.fingerprint),
            "trust": .optional(trust?.rawValue), "problem": .optional(problem),
        ]
    }
}
