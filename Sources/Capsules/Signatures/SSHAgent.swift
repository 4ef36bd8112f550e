package import Objects

/// The keys that the user's `ssh-agent` holds.
package enum SSHAgent {
    /// The public keys; none where no agent runs.
    package static func keys() throws(AmxError) -> [PublicKey] {
        let outcome = try SSHTool("ssh-add", hasTerminal: false).run(["-L"])
        guard outcome.status == 0 else { return [] }
        return String(decoding: outcome.output, as: UTF8.self).split(whereSeparator: \.isNewline)
            .compactMap { PublicKey(line: $0) }
    }
}
