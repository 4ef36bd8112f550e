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

    /// Names that only look alike are two.
    package static func == (left: EventStream, right: EventStream) -> Bool {
        left.capsule == right.capsule && left.organization.utf8.elementsEqual(right.organization.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(capsule)
        var organization = organization
        organization.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Why a text cannot be an organisation's name, or nil for one that can: 1 to 128 bytes without control characters.
    static func reason(againstOrganization text: String) -> String? {
        guard !text.isEmpty else { return "an organisation's name must not be empty" }
        guard text.utf8.count <= 128 else { return "an organisation's name has at most 128 bytes" }
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        guard isPlain || text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            return "an organisation's name has no control characters"
        }
        return nil
    }
}

extension EventStream: Comparable {
    /// By capsule, then by organisation, bytewise.
    package static func < (left: EventStream, right: EventStream) -> Bool {
        if left.capsule != right.capsule { return left.capsule < right.capsule }
        return left.organization.utf8.lexicographicallyPrecedes(right.organization.utf8)
    }
}
