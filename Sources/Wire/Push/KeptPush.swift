package import Objects

/// What a server has kept of a push that broke off: which push it was, and how much of its pack has come.
///
/// It stands as the value of `amx-resume` in the advertisement for pushes. Source: `docs/protocol.md`, section 7.
package struct KeptPush: Sendable, Hashable {
    /// How a refusal begins of a push that goes on where nothing is kept any more.
    package static let gone = "\(ResumeMarker.name): "

    /// What tells the push's commands from those of another.
    package let commands: SHA256Digest
    /// How much of the pack has come.
    package let prefix: PackPrefix

    /// Makes an offer.
    package init(commands: SHA256Digest, prefix: PackPrefix) {
        self.commands = commands
        self.prefix = prefix
    }

    /// Reads the digest of the commands, a colon and the prefix; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let commands = SHA256Digest(hex: parts[0]), let prefix = PackPrefix(parts[1]) else {
            return nil
        }
        self.init(commands: commands, prefix: prefix)
    }

    /// The form that ``init(_:)`` reads.
    package var text: String { "\(commands.hex):\(prefix.text)" }

    /// The digest of a push's commands: SHA-256 of `<old> <new> <ref>` and a newline for each, in their order.
    package static func digest(of commands: [PushCommand]) -> SHA256Digest {
        let hasher = SHA256Hasher()
        for command in commands {
            hasher.update(Array("\(command.old.hex) \(command.new.hex) \(command.name)\n".utf8))
        }
        return hasher.finish()
    }
}
