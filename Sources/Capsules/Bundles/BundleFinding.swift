package import Objects

/// One way in which a bundle, or what it should be made of, is not what it must be: `docs/bundles.md`, section 5.
package struct BundleFinding: Sendable, Hashable {
    /// The kinds of findings, by the names that `--json` has.
    package enum Code: String, Sendable, CaseIterable {
        case name
        case noCapsules
        case duplicate
        case notARelease
        case prerelease
        case credentials
        case missing
        case unexpected
        case damaged
        case refused
        case signature
        case denied

        /// What an error of this kind is for every command.
        package var errorCode: AmxError.Code {
            switch self {
            case .name, .noCapsules, .duplicate, .notARelease, .credentials, .refused: .failure
            case .prerelease, .denied: .denied
            case .missing, .unexpected, .damaged, .signature: .verification
            }
        }
    }

    /// The kind.
    package let code: Code
    /// What it is about: a member of the bundle, a capsule, or the bundle itself.
    package let subject: String
    /// What is wrong, as a whole sentence without its end.
    package let message: String
    /// What can be done.
    package let hint: String

    /// Takes what was found.
    package init(_ code: Code, _ subject: String, _ message: String, hint: String? = nil) {
        (self.code, self.subject, self.message) = (code, subject, message)
        self.hint = hint ?? Self.hint(for: code)
    }

    /// Takes the verdict of a lower layer on something in a bundle.
    package init(_ subject: String, _ error: AmxError) {
        self.init(
            error.code == .verification ? .damaged : .refused, subject, error.message,
            hint: error.code == .verification ? nil : error.hint)
    }

    /// The finding as `--json` has it.
    package var json: JSONValue {
        ["code": .string(code.rawValue), "subject": .string(subject), "message": .string(message)]
    }

    private static func hint(for code: Code) -> String {
        switch code {
        case .name: "give one with --name: letters a-z, digits and hyphens, the first a letter"
        case .noCapsules: "require something first: `amx add ID`"
        case .duplicate: "keep one of them"
        case .notARelease: "release it (`amx release ID`) and require the release from where it is shared"
        case .prerelease: "`amx bundle --prerelease` takes them all the same"
        case .credentials: "set the remote's address without it: `amx remote set-url`, and `amx login` for the token"
        case .missing, .unexpected, .damaged, .refused:
            "do not use the bundle: get it again from where it came, or ask who made it"
        case .denied: "`amx trust list` shows whom you trust; `amx config list` the policy"
        case .signature: "`amx trust list` shows who is trusted; find out who made the bundle before you trust it"
        }
    }
}

/// All that is wrong with a bundle: the cause of the error that names the first of it.
package struct BundleProblems: ErrorDetails {
    /// In the order in which they were found; never empty.
    package let findings: [BundleFinding]

    /// Takes what was found, at least one finding.
    package init(findings: [BundleFinding]) { self.findings = findings }

    package var details: JSONValue { ["findings": .array(findings.map(\.json))] }

    /// Throws where there are findings; `purpose` is what failed, such as `cannot read x.kcbundle`.
    package static func check(_ findings: [BundleFinding], _ purpose: String) throws(AmxError) {
        guard let first = findings.first else { return }
        let others = findings.count > 1 ? ", and \(findings.count - 1) more" : ""
        throw AmxError(
            first.code.errorCode, "\(purpose): \(first.message)\(others)", hint: first.hint,
            cause: BundleProblems(findings: findings))
    }
}
