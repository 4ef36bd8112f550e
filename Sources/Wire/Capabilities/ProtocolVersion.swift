/// The versions of git's wire protocol.
///
/// v1 is v0 with a line that says so; a push is never newer than v1.
package enum ProtocolVersion: Int, Sendable, Comparable, CaseIterable {
    case v0 = 0
    case v1 = 1
    case v2 = 2

    /// The header's name in which an HTTP client asks for a version.
    package static let headerName = "Git-Protocol"

    /// Reads a `Git-Protocol` header: the highest known of its `version=` entries, v0 without one.
    package init(header: String?) {
        let versions = (header ?? "").split(separator: ":").compactMap { entry -> ProtocolVersion? in
            guard entry.hasPrefix("version="), let number = Int(entry.dropFirst("version=".count)) else { return nil }
            return ProtocolVersion(rawValue: number)
        }
        self = versions.max() ?? .v0
    }

    /// The `Git-Protocol` header that asks for this version; nil for v0, which is asked for by saying nothing.
    package var header: String? { self == .v0 ? nil : "version=\(rawValue)" }

    package static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool { left.rawValue < right.rawValue }
}
