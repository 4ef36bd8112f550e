/// A way on which messages come from outside to a capsule, as its manifest declares it.
package struct UplinkDeclaration: Hashable, Sendable {
    package let name: String
    /// What it reaches, such as `telegram`: compared whole.
    package let platform: String
    /// What kind of talk it is; nil where the manifest does not say.
    package let profile: UplinkProfile?
}

/// What kind of talk an uplink is for. Others than the named ones are kept as they are.
package struct UplinkProfile: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// A conversation, as in a messenger.
    package static let chat = UplinkProfile(rawValue: "chat")
    /// A surface that somebody uses, as a page or a panel.
    package static let interactive = UplinkProfile(rawValue: "interactive")
    /// Notices that nobody answers.
    package static let notify = UplinkProfile(rawValue: "notify")
    /// Another protocol.
    package static let bridge = UplinkProfile(rawValue: "bridge")
}
