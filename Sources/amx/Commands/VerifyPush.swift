import ArgumentParser
import Capsules
import Glibc
import Objects

/// `amx verify-push`.
struct VerifyPush: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-push",
        abstract: "Judge a push to a plain git repository, from its pre-receive hook.",
        discussion: """
            Refuses what a hub refuses: everything that comes with the push is checked (docs/protocol.md, section 7). Reads the \
            lines `old new ref` of git's pre-receive hook from standard input and finds the new objects where git's quarantine \
            environment says. The repository is GIT_DIR, or the current directory. hooks/pre-receive calls it.

            What must be signed, and by whom, is configured in the repository: policy.requireSigned, gpg.ssh.allowedSignersFile, \
            gpg.ssh.revocationFile (docs/security.md). A folder with the same adds to that: config, allowed_signers, revoked_keys.

            Example:
              amx verify-push --id customer-service < lines
            """)

    @Option(help: ArgumentHelp("The capsule that the repository holds; by default its folder's name.", valueName: "id"))
    var id: String?
    @Option(help: ArgumentHelp("A folder of rules for signatures, for many repositories.", valueName: "dir"))
    var policy: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let path = Environment["GIT_DIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "."
        let repository = try Repository(opening: path, sharesObjects: true)
        let capsule = try CapsuleID(id ?? Self.name(of: path))
        let updates = try Self.updates()
        let snapshot = try repository.refs.snapshot()
        let incoming = try IncomingObjects(
            quarantinedByGit: Environment["GIT_QUARANTINE_PATH"] ?? Environment["GIT_OBJECT_DIRECTORY"],
            into: repository)
        if let list = Environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] { try incoming.addAlternates(list) }
        try incoming.check(tips: updates.compactMap(\.new))
        let policy = IncomingPolicy(
            incoming, of: capsule, signatures: try SignaturePolicy(of: repository, and: rules()))
        let refusals = policy.refusals(of: updates.filter { !Self.isServersOwn($0.name) }, in: snapshot)
        let refused = updates.compactMap { update in
            refusals[update.name].map { error in (ref: update.name, error: error) }
        }
        let results = updates.map { update -> JSONValue in
            let error = refusals[update.name]
            return [
                "ref": .string(update.name.string), "ok": .bool(error == nil), "reason": .optional(error?.message),
            ]
        }
        try output.show(json: ["id": .string(capsule.string), "refs": .array(results)]) { _ in "" }
        guard let first = refused.first else { return }
        let others = refused.count > 1 ? "; \(refused.count - 1) more refs are refused" : ""
        throw AmxError(
            first.error.code, "cannot take \(first.ref.string): \(first.error.message)\(others)", hint: first.error.hint
        )
    }

    /// The folder of rules; it must be there, or rules would be missing.
    private func rules() throws(AmxError) -> PolicyFolder? {
        guard let policy else { return nil }
        guard Directory.isDirectory(policy) else {
            throw AmxError(
                .failure, "cannot use the rules of \(policy): there is no such folder",
                hint: "correct --policy, or AMX_POLICY of the hook")
        }
        return PolicyFolder(policy)
    }

    /// Whether Gitea itself sets a reference that only it keeps, the head of a pull request; whoever pushes has no say in the
    /// variable. Its objects are checked all the same.
    private static func isServersOwn(_ name: RefName) -> Bool {
        Environment["GITEA_INTERNAL_PUSH"] == "true" && name.suffix(after: "refs/pull/") != nil
    }

    /// The lines of standard input.
    private static func updates() throws -> [RefUpdate] {
        let limit = Limits.standard.refsPerPush
        var updates: [RefUpdate] = []
        while let line = readLine() {
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count == 3, let old = ObjectID(hex: parts[0]), let new = ObjectID(hex: parts[1]) else {
                let isOtherFormat = parts.count == 3 && parts[0].utf8.count == 64
                throw AmxError(
                    .usage,
                    "cannot read the push: "
                        + (isOtherFormat
                            ? "its ids are SHA-256, and Amx works with SHA-1 repositories only"
                            : "a line is not `old new ref`"),
                    hint: "run it as git runs a pre-receive hook")
            }
            guard let name = RefName(String(parts[2])) else {
                throw AmxError(
                    .denied, "cannot take \(TreeRules.printable(parts[2].utf8)): this is not a ref's name",
                    hint: "push refs/heads/* and refs/tags/v* only")
            }
            guard updates.count < limit else {
                throw AmxError(
                    .failure, "cannot take the push: it has more refs than the limit 'refsPerPush' of \(limit)",
                    hint: "push fewer refs at a time")
            }
            updates.append(RefUpdate(name, expected: old.isZero ? .missing : .id(old), new: new.isZero ? nil : new))
        }
        return updates
    }

    /// The name of a repository's folder without `.git`; of a working copy's, the name of its folder.
    private static func name(of path: String) throws(AmxError) -> String {
        guard let resolved = realpath(path, nil) else { throw AmxError.system("cannot find \(path)") }
        defer { free(resolved) }
        let full = String(cString: resolved)
        let name = Directory.name(of: full)
        if name == ".git" { return Directory.name(of: Directory.parent(of: full)) }
        return name.hasSuffix(".git") ? String(name.dropLast(4)) : name
    }
}
