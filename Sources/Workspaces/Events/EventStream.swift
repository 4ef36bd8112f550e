package import Capsules

/// Whose events belong together: those of one capsule in one organisation (row A-103).
package struct EventStream: Sendable, Hashable {
    /// The capsule.
    package let capsule: CapsuleID
    /// The organisation.
    package let organization: String

    /// Names a stream.
    package init(_ capsule: CapsuleID, of organization: String) {
        self.capsule = capsule
        self.organization = organization
    }

    /// Why a text cannot be an organisation's name, or nil for one that can: 1 to 128 bytes without control characters.
    static func reason(againstOrganization text: String) -> String? {
        guard !text.isEmpty else { return "an organisation's name must not be empty" }
        guard text.utf8.count <= 128 else { return "an organisation's name has at most 128 bytes" }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            return "an organisation's name has no control characters"
        }
        return nil
    }
}
