import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx config`.
struct Config: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show and change settings.",
        usage: """
            amx config [get] <key>
            amx config [set] <key> <value>
            amx config unset <key>
            amx config list [--show-origin]
            """,
        discussion: """
            Settings of the workspace stand in .aimatrix/config, with --global in a file of yours that holds in every workspace; \
            the workspace's win. Who you are and how you sign is also taken from git's global configuration.

            Keys, with what holds when they are not set:
            \(KnownSetting.all.map(Self.line).joined(separator: "\n"))

            Example:
              amx config user.name "Ada Lovelace"
              amx config --global color.ui never
              amx config list --show-origin
            """)

    @Argument(help: ArgumentHelp("What to do, a key, and a value to set.", valueName: "key> <value"))
    var words: [String] = []
    @Flag(name: [.customShort("g"), .customLong("global")], help: "Use your own file instead of the workspace's.")
    var isGlobal = false
    @Flag(name: [.customShort("l"), .customLong("list")], help: "The same as `amx config list`.") var list = false
    @Flag(help: "The same as `amx config unset`.") var unset = false
    @Flag(help: "The same as `amx config get`.") var get = false
    @Flag(help: "Say which file each setting is from.") var showOrigin = false
    @OptionGroup var global: GlobalOptions

    private enum Action {
        case get(SettingKey)
        case set(SettingKey, String)
        case unset(SettingKey)
        case list
    }

    func run(_ output: Output) throws {
        let action = try action()
        let workspace = isGlobal ? nil : try Self.workspace()
        switch action {
        case .list: try show(Settings(workspace).entries().filter { !isGlobal || $0.scope == .user }, output)
        case .get(let key): try show(key, Settings(workspace), output)
        case .set(let key, let value):
            try warn(of: key, output)
            try KnownSetting.named(key)?.check(value)
            try change(workspace) { file throws(AmxError) in try file.set(key.string, value) }
            try output.confirm(json: Self.json(key, value)) { _ in "\(key.shown) is \(value)" }
        case .unset(let key):
            let settings = try Settings(workspace)
            let scope: Settings.Scope = isGlobal ? .user : .workspace
            guard try settings.entries().contains(where: { $0.key == key && $0.scope == scope }) else {
                throw Self.missing(key, try settings.entries())
            }
            try change(workspace) { file throws(AmxError) in try file.remove(key.string) }
            try output.confirm(json: Self.json(key, nil)) { _ in "\(key.shown) is not set any more" }
        }
    }

    /// Reads the words and flags as one of the things to do.
    private func action() throws -> Action {
        var words = words
        var verb: String?
        // A key has a dot, so these words are none.
        if let first = words.first, ["get", "set", "unset", "list"].contains(first) { verb = words.removeFirst() }
        let flags = [list ? "list" : nil, unset ? "unset" : nil, get ? "get" : nil].compactMap { $0 }
        let verbs = flags + (verb.map { [$0] } ?? [])
        guard verbs.count <= 1 else { throw ValidationError("Only one of get, set, unset and list can be meant") }
        if verbs.first == "list" || (verbs.isEmpty && words.isEmpty) {
            if let extra = words.first { throw ValidationError("Unexpected argument '\(extra)'") }
            return .list
        }
        guard let text = words.first else { throw ValidationError("Missing expected argument '<key>'") }
        let key = try SettingKey(text)
        let verbOrGuess = verbs.first ?? (words.count > 1 ? "set" : "get")
        let count = verbOrGuess == "set" ? 2 : 1
        guard words.count >= count else { throw ValidationError("Missing expected argument '<value>'") }
        guard words.count == count else { throw ValidationError("Unexpected argument '\(words[count])'") }
        switch verbOrGuess {
        case "set": return .set(key, words[1])
        case "unset": return .unset(key)
        default: return .get(key)
        }
    }

    private func show(_ entries: [Settings.Entry], _ output: Output) throws {
        try output.show(
            json: [
                "settings": .array(
                    entries.map { entry in
                        [
                            "key": .string(entry.key.shown), "value": .string(entry.value),
                            "scope": .string(entry.scope.rawValue), "file": .string(entry.file),
                        ]
                    })
            ]
        ) { _ in
            entries.map { entry in
                "\(showOrigin ? "file:\(WorkingDirectory.shown(entry.file))\t" : "")\(entry.key.shown)=\(entry.value)"
            }.joined(separator: "\n")
        }
    }

    private func show(_ key: SettingKey, _ settings: Settings, _ output: Output) throws {
        guard let entry = try settings.value(key), !isGlobal || entry.scope == .user else {
            throw Self.missing(key, try settings.entries())
        }
        try output.show(
            json: [
                "key": .string(key.shown), "value": .string(entry.value), "scope": .string(entry.scope.rawValue),
                "file": .string(entry.file),
            ]
        ) { _ in "\(showOrigin ? "file:\(WorkingDirectory.shown(entry.file))\t" : "")\(entry.value)" }
    }

    /// Changes the workspace's file under its lock, or the user's own one.
    private func change(_ workspace: Workspace?, _ body: (ConfigFile) throws(AmxError) -> Void) throws {
        if let workspace {
            return try workspace.write { () throws(AmxError) in try body(workspace.configuration()) }
        }
        guard isGlobal else {
            throw AmxError(
                .failure, "there is no workspace here to set this for",
                hint: "go to yours, or set it for all with --global")
        }
        guard let path = Workspace.userConfigPath() else {
            throw AmxError(
                .failure, "cannot tell where your settings are: neither HOME nor XDG_CONFIG_HOME is set",
                hint: "set one of them")
        }
        try Directory.create(Directory.parent(of: path))
        try body(ConfigFile(path))
    }

    private func warn(of key: SettingKey, _ output: Output) throws {
        guard KnownSetting.named(key) == nil else { return }
        let known = KnownSetting.all.map(\.key)
        let hint = NearNames.hint(for: key.string, among: known.map { $0.lowercased() }) { near in
            known.first { $0.lowercased() == near } ?? near
        }
        try output.warn("amx reads no setting \(key.shown)\(hint.map { ": \($0)" } ?? "")")
    }

    /// The workspace here; nil when there is none.
    private static func workspace() throws(AmxError) -> Workspace? {
        do throws(AmxError) {
            return try Place().workspace
        } catch {
            if (try? Workspace.discover(from: WorkingDirectory.path())) == nil { return nil }
            throw error
        }
    }

    private static func missing(_ key: SettingKey, _ entries: [Settings.Entry]) -> AmxError {
        let known = KnownSetting.named(key)
        let names = known == nil ? KnownSetting.all.map(\.key) + entries.map(\.key.shown) : []
        return AmxError(
            .notFound, "\(key.shown) is not set",
            hint: known?.standard.map { "without it, it is \($0)" }
                ?? NearNames.hint(for: key.shown, among: names) ?? "`amx config list` shows what is set")
    }

    private static func json(_ key: SettingKey, _ value: String?) -> JSONValue {
        ["key": .string(key.shown), "value": .optional(value)]
    }

    private static func line(_ setting: KnownSetting) -> String {
        "  \(setting.key)\(setting.standard.map { " (\($0))" } ?? ""): \(setting.meaning)"
    }
}
