/// The keys that the user's `ssh-agent` holds.
package enum SSHAgent {
    /// The public keys; none where no agent runs or can be asked.
    package static func keys() -> [PublicKey] {
        guard let outcome = try? SSHTool("ssh-add", hasTerminal: false).run(["-L"]), outcome.status == 0 else {
            return []
        }
        return String(decoding: outcome.output, as: UTF8.self).split(whereSeparator: \.isNewline)
            .compactMap { PublicKey(line: $0) }
    }
}
