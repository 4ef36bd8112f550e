package import Capsules
package import Objects

/// What exactly is asked for and approved: something of one content, with one input, at one level (row U-015).
package struct RunSubject: Sendable, Hashable {
    package let capsule: CapsuleID
    package let digest: ContentDigest
    /// The tool; nil for what runs without naming one.
    package let tool: String?
    /// SHA-256 of the input as canonical JSON; where the run has settings of its own, of that, a NUL and those.
    package let parameters: SHA256Digest
    package let level: SecurityLevel

    /// Names what is to run, with its input, and with settings that it has besides those that are there for every run.
    package init(
        _ capsule: CapsuleID, digest: ContentDigest, tool: String?, input: JSONValue,
        settings: JSONObject = JSONObject(), level: SecurityLevel
    ) {
        let hasher = SHA256Hasher()
        hasher.update(JSONWriter.bytes(input, .canonical))
        if settings.count > 0 { hasher.update([0] + JSONWriter.bytes(.object(settings), .canonical)) }
        self.init(capsule, digest: digest, tool: tool, parameters: hasher.finish(), level: level)
    }

    init(
        _ capsule: CapsuleID, digest: ContentDigest, tool: String?, parameters: SHA256Digest, level: SecurityLevel
    ) {
        (self.capsule, self.digest, self.tool) = (capsule, digest, tool)
        (self.parameters, self.level) = (parameters, level)
    }

    /// What runs, as it is named on a command line.
    package var name: String { tool.map { "\(capsule).\($0)" } ?? capsule.string }
}
