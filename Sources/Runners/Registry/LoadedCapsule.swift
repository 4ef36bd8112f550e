package import Capsules

/// A capsule that is loaded, as a registry holds it.
///
/// Whoever has a reference can use it, also when the registry has it no more.
package protocol LoadedCapsule: AnyObject, Sendable {
    /// What it is registered by; it does not change.
    var id: CapsuleID { get }
    /// The uplinks that it declares.
    var uplinks: [UplinkDeclaration] { get }
}
