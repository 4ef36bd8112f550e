/// Why a path leads to no place that can be told for certain.
enum PathFault: Error, Hashable, Sendable {
    /// A symbolic link leads out of the folder that the path starts from, or is absolute.
    case leavesRoot
    /// A link of the kernel's own, or links in a circle.
    case link
    /// A symbolic link that leads to nothing: what is written there would be made elsewhere.
    case dangling
    /// Something was moved while it was looked at.
    case moved
    /// There is no folder for what the path starts from.
    case noRoot
    /// The kernel lacks openat2(2), or /proc is not there, so nothing can be told for certain.
    case noKernelSupport
    /// The kernel's own reason, an error number.
    case system(Int32)
}
