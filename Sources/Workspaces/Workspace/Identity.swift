import Glibc
package import Objects

/// Who makes commits and releases: `user.name` and `user.email`.
package struct Identity: Sendable, Hashable {
    /// The name.
    package let name: String
    /// The mail address.
    package let email: String
    /// Who signs what this identity makes; nil for unsigned commits and releases.
    package var signer: Signer?

    /// A signature of this moment.
    package func signature() -> Signature { .now(name: name, email: email) }
}

extension Workspace {
    /// The configured identity: the workspace's configuration first, then the user's, then git's global one.
    package func identity() throws(AmxError) -> Identity {
        var name: String?
        var email: String?
        for path in [configPath] + Self.globalConfigPaths() where name == nil || email == nil {
            let file = try ConfigFile(path)
            if name == nil { name = try file.string("user.name") }
            if email == nil { email = try file.string("user.email") }
        }
        guard let name, let email, !name.isEmpty, !email.isEmpty else {
            throw AmxError(
                .failure, "cannot tell who you are: user.name or user.email is not set",
                hint: "run `amx config --global user.name \"Your Name\"` and the same for user.email; "
                    + "what `git config --global` has counts too")
        }
        return Identity(name: name, email: email)
    }

    /// The configuration files that hold in every workspace, the one that wins first: the user's own, then git's global ones.
    static func globalConfigPaths() -> [String] {
        let own = userConfigPath().map { [$0] } ?? []
        if let path = environment("GIT_CONFIG_GLOBAL") { return own + [path] }
        guard let home = environment("HOME") else { return own }
        return own + ["\(home)/.gitconfig", "\(environment("XDG_CONFIG_HOME") ?? "\(home)/.config")/git/config"]
    }

    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
