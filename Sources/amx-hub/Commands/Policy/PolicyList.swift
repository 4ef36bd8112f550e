import ArgumentParser
import Capsules
import HubServer
import Objects

/// `amx-hub policy list`.
struct PolicyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what must be signed, who may sign, and which keys are revoked.",
        discussion: """
            Example:
              amx-hub policy list --data /srv/amx
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let required: [Rule]
        let signers: [SignerRecord]
        let revoked: [RevokedRecord]
    }

    private struct Rule: Encodable {
        let scope: ScopeRecord
        let pattern: String
    }

    private struct SignerRecord: Encodable {
        let scope: ScopeRecord
        let principal: String
        let fingerprint: String
        let key: String
        let namespaces: String?
        let validAfter: String?
        let validBefore: String?

        private enum CodingKeys: CodingKey {
            case scope, principal, fingerprint, key, namespaces, validAfter, validBefore
        }

        /// Every key is always there, with null where there is nothing.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(scope, forKey: .scope)
            try fields.encode(principal, forKey: .principal)
            try fields.encode(fingerprint, forKey: .fingerprint)
            try fields.encode(key, forKey: .key)
            try fields.encode(namespaces, forKey: .namespaces)
            try fields.encode(validAfter, forKey: .validAfter)
            try fields.encode(validBefore, forKey: .validBefore)
        }
    }

    private struct RevokedRecord: Encodable {
        let scope: ScopeRecord
        let fingerprint: String
    }

    /// `owner` and `repository`, of which at most one is not null.
    private struct ScopeRecord: Encodable {
        let owner: String?
        let repository: String?

        init(_ scope: SigningRules.Scope) { (owner, repository) = (scope.ownerName, scope.repositoryName) }

        private enum CodingKeys: CodingKey { case owner, repository }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(owner, forKey: .owner)
            try fields.encode(repository, forKey: .repository)
        }
    }

    func run() async throws {
        let rules = SigningRules(try data.directory())
        var (required, signers, revoked): ([Rule], [SignerRecord], [RevokedRecord]) = ([], [], [])
        var table = Table("FOR", "RULE", "SUBJECT", "KEY")
        for scope in try rules.scopes() {
            let (folder, record) = (rules.folder(scope), ScopeRecord(scope))
            for pattern in try folder.patterns() {
                required.append(Rule(scope: record, pattern: pattern))
                table.add("\(scope)", "signed", TreeRules.printable(pattern.utf8), "")
            }
            var allowed = AllowedSigners()
            try folder.add(to: &allowed)
            for (signer, _) in allowed.entries {
                signers.append(
                    SignerRecord(
                        scope: record, principal: signer.name, fingerprint: signer.key.fingerprint,
                        key: signer.key.line, namespaces: signer.namespaceList,
                        validAfter: signer.validAfter.map(UTCTime.text),
                        validBefore: signer.validBefore.map(UTCTime.text)))
                table.add("\(scope)", Self.words(of: signer), signer.name, signer.key.fingerprint)
            }
            for key in try folder.revokedKeys.keys() {
                revoked.append(RevokedRecord(scope: record, fingerprint: key.fingerprint))
                table.add("\(scope)", "revoked", "", key.fingerprint)
            }
        }
        guard !json.isOn else {
            return try Terminal.printJSON(Result(required: required, signers: signers, revoked: revoked))
        }
        guard !required.isEmpty || !signers.isEmpty || !revoked.isEmpty else {
            return Terminal.printLine("Nothing must be signed: `amx-hub policy add PATTERN` makes a rule.")
        }
        Terminal.printLine(table.text)
    }

    private static func words(of signer: AllowedSigner) -> String {
        var words = ["may sign"]
        if let list = signer.namespaceList { words.append("for \(list)") }
        if let time = signer.validAfter { words.append("from \(UTCTime.text(time))") }
        if let time = signer.validBefore { words.append("until \(UTCTime.text(time))") }
        return words.joined(separator: " ")
    }
}
