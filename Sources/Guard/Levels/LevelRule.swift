package import Capsules

/// What raises the security level of a capsule, and to which.
///
/// Rules look at what a manifest asks for, each of them at what only adds up: with more capabilities, no rule stops to
/// apply. `docs/permissions.md` has the table.
package enum LevelRule: String, Hashable, Sendable, CaseIterable {
    case readsWorkspace = "reads-workspace"
    case reachesNamedHosts = "reaches-named-hosts"
    case sendsMessages = "sends-messages"
    case knowsUsers = "knows-users"
    case takesSecrets = "takes-secrets"
    case writesWorkspace = "writes-workspace"
    case readsHost = "reads-host"
    case reachesAllHosts = "reaches-all-hosts"
    case connects
    case listens
    case startsPrograms = "starts-programs"
    case linksUsers = "links-users"
    case bringsMessages = "brings-messages"
    case instructsAgents = "instructs-agents"
    case readsAndSends = "reads-and-sends"
    case writesHost = "writes-host"
    case startsInterpreters = "starts-interpreters"
    case makesUsers = "makes-users"

    /// The level that a capsule has at the least to which it applies.
    package var level: SecurityLevel {
        switch self {
        case .readsWorkspace, .reachesNamedHosts, .sendsMessages, .knowsUsers, .takesSecrets: .moderate
        case .writesWorkspace, .readsHost, .reachesAllHosts, .connects, .listens, .startsPrograms, .linksUsers,
            .bringsMessages, .instructsAgents, .readsAndSends:
            .restricted
        case .writesHost, .startsInterpreters, .makesUsers: .dangerous
        }
    }

    /// What it looks for, in words.
    package var meaning: String {
        switch self {
        case .readsWorkspace: "`fsRead` names something of the workspace"
        case .reachesNamedHosts: "`net` names hosts"
        case .sendsMessages: "`ipcPublish` or `ipcSubscribe` names topics"
        case .knowsUsers: "`identity` has `resolve`"
        case .takesSecrets: "`env` asks for a `secret`"
        case .writesWorkspace: "`fsWrite` names something of the workspace"
        case .readsHost: "`fsRead` names a path of the host"
        case .reachesAllHosts: "`net` has `*`"
        case .connects: "`netConnect` names anything"
        case .listens: "`netBind` names anything"
        case .startsPrograms: "`hostProcess` names a program"
        case .linksUsers: "`identity` has `link`"
        case .bringsMessages: "`uplink` is true"
        case .instructsAgents: "`allowPromptInjection` is true"
        case .readsAndSends:
            "it reads files outside of its home, or takes secrets, and also reaches the network (`net`, `netConnect`, "
                + "`netBind`, `uplink`)"
        case .writesHost: "`fsWrite` names a path of the host"
        case .startsInterpreters:
            "`hostProcess` names a shell, an interpreter, or a program that runs others as somebody else"
        case .makesUsers: "`identity` has `admin`"
        }
    }

    /// Whether it applies to capabilities; `takesSecrets` is whether settings have a secret.
    func applies(to capabilities: Capabilities, takesSecrets: Bool) -> Bool {
        switch self {
        case .readsWorkspace: capabilities.fsRead.contains { $0.root == .workspace }
        case .reachesNamedHosts: capabilities.net.contains { $0 != "*" }
        case .sendsMessages: !capabilities.ipcPublish.isEmpty || !capabilities.ipcSubscribe.isEmpty
        case .knowsUsers: capabilities.identity.contains(.resolve)
        case .takesSecrets: takesSecrets
        case .writesWorkspace: capabilities.fsWrite.contains { $0.root == .workspace }
        case .readsHost: capabilities.fsRead.contains { $0.root == .host }
        case .reachesAllHosts: capabilities.net.contains("*")
        case .connects: !capabilities.netConnect.isEmpty
        case .listens: !capabilities.netBind.isEmpty
        case .startsPrograms: !capabilities.hostProcess.isEmpty
        case .linksUsers: capabilities.identity.contains(.link)
        case .bringsMessages: capabilities.isUplink
        case .instructsAgents: capabilities.allowsPromptInjection
        case .readsAndSends:
            (takesSecrets || capabilities.fsRead.contains { $0.root != .home })
                && (!capabilities.net.isEmpty || !capabilities.netConnect.isEmpty || !capabilities.netBind.isEmpty
                    || capabilities.isUplink)
        case .writesHost: capabilities.fsWrite.contains { $0.root == .host }
        case .startsInterpreters: capabilities.hostProcess.contains(where: Self.isInterpreter)
        case .makesUsers: capabilities.identity.contains(.admin)
        }
    }

    /// Programs that run whatever they are told, or as somebody else.
    package static let interpreters: [String] = [
        "ash", "awk", "bash", "bun", "busybox", "bwrap", "chroot", "csh", "dash", "deno", "doas", "docker", "env",
        "expect",
        "fish", "gawk", "gdb", "irb", "java", "ksh", "kubectl", "lua", "luajit", "make", "mawk", "nerdctl", "node",
        "nodejs",
        "npm", "npx", "nsenter", "parallel", "perl", "php", "pip", "pip3", "pipx", "pkexec", "podman", "powershell",
        "pwsh",
        "pypy", "pypy3", "python", "python2", "python3", "Rscript", "ruby", "runuser", "scp", "screen", "script",
        "setpriv",
        "setsid", "sh", "socat", "ssh", "su", "sudo", "systemd-run", "tclsh", "tcsh", "tmux", "unshare", "uv", "uvx",
        "wish",
        "xargs", "zsh",
    ]

    /// Whether an entry's program is one of them, in this version or that: `python3.11` is `python`.
    private static func isInterpreter(_ entry: String) -> Bool {
        let program = entry.split(separator: " ").first.map(String.init) ?? ""
        let name = program.split(separator: "/").last.map(String.init) ?? program
        let plain = String(name.reversed().drop { $0.isNumber || $0 == "." || $0 == "-" }.reversed())
        return interpreters.contains(name) || interpreters.contains(plain)
    }
}
