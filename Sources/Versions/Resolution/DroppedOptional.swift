/// An optional requirement that was left out.
package struct DroppedOptional: Hashable, Sendable {
    /// Who has it; nil for the workspace.
    package let dependent: PackageName?
    package let requirement: PackageRequirement
    /// Why, in words that follow a colon.
    package let reason: String
}
