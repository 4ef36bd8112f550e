import Glibc

/// Paths that start at the user's home.
package enum HomePath {
    /// A path with a `~/` at its start replaced.
    package static func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = getenv("HOME"), home.pointee != 0 else { return path }
        return "\(String(cString: home))/\(path.dropFirst(2))"
    }
}
