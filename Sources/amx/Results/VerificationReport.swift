import Capsules
import Objects
import Workspaces

/// What `amx verify` and `amx workspace verify` say of their subjects.
struct VerificationReport {
    let results: [Verification]
    /// Whether every subject must be signed, also where no policy requires it.
    let requiresSignatures: Bool

    /// Prints the results, then throws when one of them is not as it should be.
    func show(_ output: Output) throws {
        try output.show(json: ["results": .array(results.map(json))]) { style in
            var table = Table()
            for result in results {
                table.add(
                    isAccepted(result) ? style.green("ok") : style.red("FAILED"),
                    WorkingDirectory.shown(result.subject), result.details, signature(result))
            }
            return table.text()
        }
        let failed = results.filter { !isAccepted($0) }
        guard let first = failed.first else { return }
        let others = failed.count > 1 ? ", and \(failed.count - 1) more" : ""
        if first.isIntact, let error = first.signature?.shortfall(of: first.subject, code: .verification) {
            let rule = first.required.map { ", and \($0.string) must be signed by a trusted key" } ?? ""
            throw AmxError(error.code, error.message + rule + others, hint: error.hint)
        }
        // What cannot be a capsule at all, a file that is no .kc for example, gets the verdict of every other command.
        let codes = failed.map { $0.failure?.code ?? .verification }
        throw AmxError(
            codes.first { $0 == .verification } ?? codes.first ?? .verification,
            "\(first.subject) is not what it should be: \(first.details)\(others)",
            hint: first.failure?.hint ?? "do not use it; fetch it again from where it came, or ask who published it")
    }

    /// What the signature is worth; that there is none only where there has to be one.
    private func signature(_ result: Verification) -> String {
        guard let signature = result.signature else { return "" }
        return signature.state == .none && result.isIntact && !isAccepted(result) ? "not signed" : signature.line
    }

    private func isAccepted(_ result: Verification) -> Bool {
        result.isAccepted(requiringSignature: requiresSignatures)
    }

    private func json(_ result: Verification) -> JSONValue {
        [
            "kind": .string(result.kind.rawValue), "subject": .string(result.subject),
            "digest": .optional(result.digest?.text), "expected": .optional(result.expected),
            "source": .optional(result.source), "ok": .bool(isAccepted(result)), "problem": .optional(result.problem),
            "signature": result.signature?.json ?? .null, "required": .optional(result.required?.string),
        ]
    }
}
