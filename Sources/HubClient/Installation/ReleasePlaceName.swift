import Objects

/// What stands for a remote's name where the branches of a place are noted that no remote names.
package enum ReleasePlaceName {
    /// A name for each address; it has a dot, so no remote has it.
    package static func name(of address: String) -> String {
        "releases.\(SHA256Hasher.hash(of: Array(address.utf8)).hex.prefix(12))"
    }
}
