import Glibc
package import Objects

/// The user's own folder of Amx: `$XDG_CONFIG_HOME/amx`, else `~/.config/amx`.
package enum UserFolder {
    /// Its path, whether it is there or not; nil when neither variable names one.
    package static var path: String? {
        // A relative XDG path is to be ignored (XDG base directory specification).
        if let folder = environment("XDG_CONFIG_HOME"), folder.hasPrefix("/") { return "\(folder)/amx" }
        if let home = environment("HOME"), home.hasPrefix("/") { return "\(home)/.config/amx" }
        return nil
    }

    /// Its path; `.failure` when neither variable names one.
    package static func existing() throws(AmxError) -> String {
        guard let path else {
            throw AmxError(
                .failure, "cannot find your configuration: HOME is not set", hint: "set HOME or XDG_CONFIG_HOME")
        }
        return path
    }

    /// The user's allowed signers; nil when there can be none.
    package static var allowedSignersPath: String? { path.map { "\($0)/allowed_signers" } }

    /// The path of the user's allowed signers, for all workspaces; `.failure` when there can be none.
    package static func allowedSigners() throws(AmxError) -> String {
        "\(try existing())/allowed_signers"
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
