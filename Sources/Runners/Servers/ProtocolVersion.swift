/// The revisions of the Model Context Protocol that are spoken, the newest first. The raw values are the protocol's own.
package enum ProtocolVersion: String, Hashable, Sendable, CaseIterable {
    case november2025 = "2025-11-25"
    case june2025 = "2025-06-18"
    case march2025 = "2025-03-26"
    case november2024 = "2024-11-05"

    /// The one that a server is asked for.
    package static let newest = november2025
}
