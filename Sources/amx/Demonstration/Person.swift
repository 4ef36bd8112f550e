/// Someone who takes part in the demonstration: a workspace, a name in commits, and a place for tokens.
struct Person {
    /// The name, which is also that of the workspace's directory in lower case.
    let name: String
    /// The directory of the workspace.
    let workspace: String
    /// What the person's programs see.
    let environment: [String: String]

    /// Someone whose files lie in a folder.
    init(_ name: String, in folder: String) {
        self.name = name
        workspace = name.lowercased()
        let home = "\(folder)/home/\(name.lowercased())"
        var environment = [
            "HOME": home, "XDG_CONFIG_HOME": "\(home)/.config", "GIT_CONFIG_GLOBAL": "\(home)/.gitconfig",
            "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "NO_COLOR": "1",
        ]
        for name in ["PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR"] { environment[name] = Environment[name] }
        self.environment = environment
    }

    /// Where git's configuration of this person is.
    var configuration: String { environment["GIT_CONFIG_GLOBAL"] ?? "" }
    /// The name and address that commits carry.
    var identity: String { "[user]\n\tname = \(name)\n\temail = \(name.lowercased())@example.com\n" }
}
