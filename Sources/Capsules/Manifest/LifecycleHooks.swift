package import Objects

/// Scripts that run around install, update and removal: seed 000's six, no others.
package struct LifecycleHooks: Hashable, Sendable {
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        case preInstall
        case postInstall
        case preUpdate
        case postUpdate
        case preRemove
        case postRemove
    }

    /// The script of each phase that has one.
    package let scripts: [Phase: TreePath]
}
