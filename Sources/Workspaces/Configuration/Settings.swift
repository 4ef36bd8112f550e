package import Objects

/// The settings that hold: those of a workspace, then those of the user, then some of git's global ones.
///
/// Files are read when this is made. Not Sendable.
package struct Settings {
    /// Where a setting stands; the first that has it wins.
    package enum Scope: String, Sendable {
        /// `.aimatrix/config` of the workspace.
        case workspace
        /// `amx/config` among the user's configuration files.
        case user
        /// git's global configuration.
        case git
    }

    /// A setting that is made somewhere.
    package struct Entry: Sendable, Hashable {
        /// The key.
        package let key: SettingKey
        /// The value.
        package let value: String
        /// Where it stands.
        package let scope: Scope
        /// The file.
        package let file: String
    }

    private let files: [(scope: Scope, path: String, file: ConfigFile)]

    /// Reads the configuration files; without a workspace those that hold everywhere.
    package init(_ workspace: Workspace?) throws(AmxError) {
        var files: [(scope: Scope, path: String, file: ConfigFile)] = []
        if let workspace { files.append((.workspace, workspace.configPath, try workspace.configuration())) }
        let own = Workspace.userConfigPath()
        for path in Workspace.globalConfigPaths() where Directory.exists(path) {
            files.append((path == own ? .user : .git, path, try ConfigFile(path)))
        }
        self.files = files
    }

    /// The value that holds; nil when the setting is not made.
    package func value(_ key: SettingKey) throws(AmxError) -> Entry? {
        let isGits = KnownSetting.named(key)?.isGits ?? false
        for (scope, path, file) in files where scope != .git || isGits {
            guard let value = try file.string(key.string) else { continue }
            return Entry(key: key, value: value, scope: scope, file: path)
        }
        return nil
    }

    /// Every setting that is made, those that win last, as git lists them.
    package func entries() throws(AmxError) -> [Entry] {
        var entries: [Entry] = []
        for (scope, path, file) in files.reversed() {
            for (text, value) in try file.entries(matching: ".*") {
                guard let key = try? SettingKey(text), scope != .git || KnownSetting.named(key)?.isGits == true else {
                    continue
                }
                entries.append(Entry(key: key, value: value, scope: scope, file: path))
            }
        }
        return entries
    }

    /// The limits that are set here.
    package func limits() throws(AmxError) -> Limits {
        try Limits(configuredBy: files.filter { $0.scope != .git }.map(\.file))
    }
}

extension Workspace {
    /// The user's own configuration file, which holds in every workspace; nil when no home is known.
    package static func userConfigPath() -> String? { UserFolder.path.map { "\($0)/config" } }
}
