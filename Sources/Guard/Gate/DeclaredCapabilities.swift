import Capsules

/// Capabilities, with where in the manifest they stand.
struct DeclaredCapabilities: Sendable {
    /// Such as `capabilities`.
    let place: String
    let capabilities: Capabilities
}
