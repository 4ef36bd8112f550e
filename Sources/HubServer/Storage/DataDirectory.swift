import Capsules
import Glibc
package import Objects

/// A hub's data directory: where accounts and repositories lie.
///
/// ```
/// <data>/                         mode 0700, owned by the user that runs the hub
///   hub.sqlite                    accounts, tokens, and claims of ids
///   hub.sqlite.sha256             its checksum, while nobody has it open (AccountsSeal)
///   hub.sqlite.users               flock: shared by those that have it open
///   lock                          flock: one serving process at a time
///   config                        optional: limits.* in git's configuration format, read when the hub starts
///   store/<owner>/<name>.git      bare git repositories, one per capsule or workspace
///   policy/                       optional: what must be signed, and by whom (SigningRules)
///   hooks/pre-receive             optional: a program that judges every push (`docs/protocol.md`)
///   kept/<owner>/                 packs of pushes that broke off, for some hours; may be deleted
///   incoming/                     repositories that a first push is still building; emptied when the hub starts
/// ```
package struct DataDirectory: Sendable {
    /// The directory's absolute path.
    package let path: String

    package var databasePath: String { "\(path)/hub.sqlite" }
    package var storePath: String { "\(path)/store" }
    package var incomingPath: String { "\(path)/incoming" }
    var keptPath: String { "\(path)/kept" }
    var configPath: String { "\(path)/config" }
    var policyPath: String { "\(path)/policy" }
    var policyScriptPath: String { "\(path)/hooks/pre-receive" }
    var lockPath: String { "\(path)/lock" }

    private init(trusted path: String) { self.path = path }

    /// Opens an existing data directory after checking that it is one, is this user's own and is closed to others.
    ///
    /// The check stands in for libgit2's own check of a repository's owner: below this directory everything was written
    /// by the hub.
    package init(existing path: String) throws(AmxError) {
        let directory = DataDirectory(trusted: try Self.absolute(path))
        var status = stat()
        guard stat(directory.path, &status) == 0 else {
            throw AmxError(
                .failure, "cannot open the data directory \(path): \(String(cString: strerror(errno)))",
                hint: "create one with `amx-hub init --data \(path) --owner NAME`")
        }
        guard status.st_mode & S_IFMT == S_IFDIR, Directory.exists(directory.databasePath) else {
            throw AmxError(
                .failure, "cannot open \(path): it is not a hub's data directory",
                hint: "create one with `amx-hub init --data \(path) --owner NAME`")
        }
        guard status.st_uid == geteuid() else {
            throw AmxError(
                .failure, "cannot open \(path): it belongs to user \(status.st_uid), not to user \(geteuid())",
                hint: "run amx-hub as the user that owns the data directory")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw AmxError(
                .failure, "cannot open \(path): other users have access to it", hint: "run `chmod 700 \(path)`")
        }
        self = directory
    }

    /// Makes a data directory and lets `body` fill it; both appear together or not at all.
    ///
    /// The directory may exist already when it is empty. Everything is built beside it and renamed into place.
    package static func create<Result>(
        at path: String, _ body: (DataDirectory) async throws -> Result
    ) async throws -> Result {
        let target = try absolute(path)
        if Directory.exists("\(target)/hub.sqlite") {
            throw AmxError(
                .conflict, "cannot initialise \(path): it is a hub's data directory already",
                hint: "make a new token with `amx-hub token create --data \(path) --owner NAME --rights admin`")
        }
        if Directory.exists(target) {
            guard Directory.isDirectory(target), try Directory.names(in: target).isEmpty else {
                throw AmxError(
                    .conflict, "cannot initialise \(path): it exists and is not an empty directory",
                    hint: "name a directory that does not exist yet")
            }
        }
        let parent = Directory.parent(of: target)
        try Directory.create(parent)
        let building = DataDirectory(trusted: "\(parent)/\(Directory.temporaryName(".amx-hub-init"))")
        do {
            for folder in [building.path, building.storePath, building.incomingPath] {
                guard mkdir(folder, 0o700) == 0 else { throw AmxError.system("cannot create \(folder)") }
            }
            let result = try await body(building)
            for folder in [building.storePath, building.incomingPath, building.path] { try Directory.sync(folder) }
            guard rename(building.path, target) == 0 else { throw AmxError.system("cannot create \(path)") }
            try Directory.sync(parent)
            return result
        } catch {
            try? Directory.remove(building.path)
            throw error
        }
    }

    /// The bounds on what the hub takes: the defaults, with what `config` says of `limits.<name>`.
    ///
    /// `.failure` names the file when it cannot be read or a value in it is none.
    package func limits() throws(AmxError) -> Limits {
        do throws(AmxError) {
            return try Limits(configuredBy: [ConfigFile(configPath)])
        } catch {
            guard !error.message.contains(configPath) else { throw error }
            throw AmxError(error.code, "cannot use \(configPath): \(error.message)", hint: error.hint)
        }
    }

    /// What `config` sets and the hub doesn't read, a mistyped limit for example: a sentence for each.
    package func configWarnings() throws(AmxError) -> [String] {
        let known = LimitSetting.all.map { "limits.\($0.name)" }
        let lowercased = Set(known.map { $0.lowercased() })
        return try ConfigFile(configPath).entries(matching: ".*").map(\.key).filter { !lowercased.contains($0) }
            .map { key in
                let hint = NearNames.hint(for: key, among: lowercased) { near in
                    known.first { $0.lowercased() == near } ?? near
                }
                return "\(configPath) sets \(key), which the hub does not read\(hint.map { ": \($0)" } ?? "")"
            }
    }

    /// Takes the lock that only one serving process can hold; it goes with the value.
    func lock() throws(AmxError) -> FileLock {
        try FileLock(lockPath, timeout: 1, busy: "cannot serve \(path)")
    }

    /// The folder that holds an owner's repositories; it exists once the owner has one.
    func ownerPath(_ owner: OwnerName) -> String { "\(storePath)/\(owner.string)" }

    /// The place of a repository, whether it exists or not.
    func repositoryPath(_ address: CapsuleAddress) -> String {
        "\(ownerPath(address.owner))/\(address.name.string).git"
    }

    private static func absolute(_ path: String) throws(AmxError) -> String {
        var trimmed = path
        while trimmed.utf8.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        if trimmed.hasPrefix("/") { return trimmed }
        guard !trimmed.isEmpty, let current = getcwd(nil, 0) else {
            throw AmxError.system("cannot find the current directory")
        }
        defer { free(current) }
        return "\(String(cString: current))/\(trimmed)"
    }
}
