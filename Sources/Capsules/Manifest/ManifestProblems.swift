package import Objects

/// Everything that is wrong with a manifest; the cause of the error that reading it throws.
package struct ManifestProblems: Error, Hashable, Sendable {
    /// The errors and warnings in the order in which they were found; at least one is an error.
    package let diagnostics: [ManifestDiagnostic]

    /// One error with the first problem and the count of the others.
    func error(in file: String) -> AmxError {
        let errors = diagnostics.filter { $0.severity == .error }
        let more =
            switch errors.count {
            case ...1: ""
            case 2: " (and 1 more problem)"
            default: " (and \(errors.count - 1) more problems)"
            }
        let first = errors.first.map { "line \($0.line), column \($0.column): \($0.summary)" } ?? "no reason is known"
        return AmxError(.failure, "\(file) is not valid: \(first)\(more)", hint: errors.first?.advice, cause: self)
    }
}

extension ManifestProblems: CustomStringConvertible {
    /// A line for each diagnostic, followed by its advice.
    package var description: String {
        diagnostics.map { "\($0)\n    \($0.advice)" }.joined(separator: "\n")
    }
}

extension AmxError {
    /// All that was wrong with the manifest that this error is about; empty for any other error.
    package var manifestDiagnostics: [ManifestDiagnostic] { (cause as? ManifestProblems)?.diagnostics ?? [] }
}
