package import Objects

/// One line of an allowed-signers file: whose a key is, for what, and when.
///
/// Source: ALLOWED SIGNERS in ssh-keygen(1).
package struct AllowedSigner: Hashable, Sendable {
    /// The patterns of principals.
    let principals: SignerPattern
    /// The key.
    package let key: PublicKey
    /// The patterns of namespaces; nil allows every one.
    let namespaces: SignerPattern?
    /// The first second at which the key counts, since 1970 UTC; nil when it always did.
    package let validAfter: Int64?
    /// The first second at which it does not count any more; nil when there is none.
    package let validBefore: Int64?

    /// The principals, as the file has them.
    package var name: String { principals.text }
    /// The namespaces, as the file has them; nil for every one.
    package var namespaceList: String? { namespaces?.text }

    /// Makes a line; `.failure` for principals, namespaces or times that a file could not hold.
    package init(
        name: String, key: PublicKey, namespaces: String? = nil, validAfter: String? = nil, validBefore: String? = nil
    ) throws(AmxError) {
        var options: [String] = []
        if let namespaces { options.append("namespaces=\"\(namespaces)\"") }
        if let validAfter { options.append("valid-after=\"\(validAfter)\"") }
        if let validBefore { options.append("valid-before=\"\(validBefore)\"") }
        let words = [name] + (options.isEmpty ? [] : [options.joined(separator: ",")]) + [key.line]
        guard case .success(let signer) = Self.parse(words.joined(separator: " ")), signer.name == name,
            signer.key == key, name.utf8.first != UInt8(ascii: "#"), !name.contains(where: \.isNewline)
        else {
            throw AmxError(
                .failure, "cannot trust '\(TreeRules.printable(name.utf8))': an allowed-signers file cannot hold this",
                hint: "give a mail address; namespaces are patterns separated by commas")
        }
        self = signer
    }

    private init(
        principals: SignerPattern, key: PublicKey, namespaces: SignerPattern?, validAfter: Int64?, validBefore: Int64?
    ) {
        self.principals = principals
        self.key = key
        self.namespaces = namespaces
        self.validAfter = validAfter
        self.validBefore = validBefore
    }

    /// Reads a line that is neither empty nor a comment; the reason when it cannot be used.
    static func parse(_ line: String) -> Result<AllowedSigner, LineDefect> {
        var words = SignerLine(line)
        guard let names = words.word(), let principals = SignerPattern(names) else {
            return .failure(LineDefect(reason: "its first word is no list of principals"))
        }
        if let key = PublicKey(line: words.rest) {
            return .success(
                AllowedSigner(principals: principals, key: key, namespaces: nil, validAfter: nil, validBefore: nil))
        }
        guard let text = words.word(), let options = SignerOptions(text) else {
            return .failure(LineDefect(reason: "its options or its key cannot be read"))
        }
        if let refusal = options.refusal { return .failure(LineDefect(reason: refusal)) }
        guard let key = PublicKey(line: words.rest) else {
            return .failure(LineDefect(reason: "its key cannot be read"))
        }
        return .success(
            AllowedSigner(
                principals: principals, key: key, namespaces: options.namespaces, validAfter: options.validAfter,
                validBefore: options.validBefore))
    }

    /// Why a line cannot be used.
    struct LineDefect: Error {
        let reason: String
    }

    /// Why the key counts for nothing here; nil when it counts.
    func objection(for namespace: SSHSignature.Namespace, at time: Int64) -> String? {
        if let namespaces, !namespaces.matches(namespace.rawValue) {
            return "it is allowed for '\(namespaces.text)' only, not for '\(namespace.rawValue)'"
        }
        if let validAfter, time < validAfter { return "it is not valid before \(UTCTime.text(validAfter))" }
        if let validBefore, time >= validBefore { return "it is not valid after \(UTCTime.text(validBefore))" }
        return nil
    }

    /// The line of a file.
    package var line: String {
        var options: [String] = []
        if let namespaces { options.append("namespaces=\"\(namespaces.text)\"") }
        if let validAfter { options.append("valid-after=\"\(UTCTime.compact(validAfter))\"") }
        if let validBefore { options.append("valid-before=\"\(UTCTime.compact(validBefore))\"") }
        return ([principals.text] + (options.isEmpty ? [] : [options.joined(separator: ",")]) + [key.line])
            .joined(separator: " ")
    }
}
