package import Objects

extension PublicKey {
    /// Reads a key as users give it: a `.pub` file, or the text of one.
    ///
    /// `.notFound` when there is no such file, `.failure` when it is something else.
    package init(given text: String) throws(AmxError) {
        if let key = PublicKey(line: text) {
            self = key
            return
        }
        guard let bytes = try FileContent.read(HomePath.expanded(text), limit: 65_536) else {
            throw AmxError(
                .notFound, "cannot find the key '\(TreeRules.printable(text.utf8))': there is no such file",
                hint: "give a .pub file, its text (`ssh-ed25519 AAAA...`), or a fingerprint (`SHA256:...`)")
        }
        let content = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        guard let key = PublicKey(line: content) else {
            throw AmxError(
                .failure, "cannot read a public key from \(TreeRules.printable(text.utf8))",
                hint: content.contains("PRIVATE KEY")
                    ? "this is a private key: name the .pub file beside it, and keep this one to yourself"
                    : "a public key is a line with its type and base64, as in a .pub file")
        }
        self = key
    }

    /// Throws when signatures of this key could not be verified.
    package func checkSupported() throws(AmxError) {
        guard !isSupported else { return }
        throw AmxError(
            .failure, "cannot trust \(fingerprint): keys of the type \(type) are not supported",
            hint: "Amx verifies ssh-ed25519 and sk-ssh-ed25519@openssh.com")
    }
}
