package import Objects

/// A setting that Amx reads, as `amx config` explains and checks it.
package struct KnownSetting: Sendable {
    /// The values that a setting takes.
    package enum Kind: Sendable {
        case text
        case flag
        case choice([String])
        case limit(LimitSetting)
        case number(ClosedRange<Int>)
    }

    /// The key, with `<name>` for a part that the user chooses.
    package let key: String
    /// The values.
    package let kind: Kind
    /// What holds when it is not set, as text.
    package let standard: String?
    /// What it is for.
    package let meaning: String
    /// Whether it is also looked for in git's global configuration.
    package let isGits: Bool

    private init(_ key: String, _ kind: Kind, _ meaning: String, standard: String? = nil, isGits: Bool = false) {
        (self.key, self.kind, self.standard, self.meaning, self.isGits) = (key, kind, standard, meaning, isGits)
    }

    private init(_ period: RetentionPeriod, _ meaning: String) {
        self.init(period.key, .number(period.range), meaning, standard: "\(period.standard)")
    }

    /// All of them, in the order of the documentation.
    package static let all: [KnownSetting] =
        [
            KnownSetting("user.name", .text, "who makes commits and releases", isGits: true),
            KnownSetting("user.email", .text, "their mail address", isGits: true),
            KnownSetting("user.organization", .text, "whose events are recorded; by default the remote's owner"),
            KnownSetting("user.signingKey", .text, "the key that signs: a file or `key::` and its text", isGits: true),
            KnownSetting("commit.gpgSign", .flag, "whether commits are signed", standard: "false", isGits: true),
            KnownSetting("tag.gpgSign", .flag, "whether releases are signed", standard: "false", isGits: true),
            KnownSetting("events.sign", .flag, "whether batches of events are signed; by default as commits"),
            KnownSetting("gpg.format", .choice(["ssh"]), "`ssh` to use git's global key", isGits: true),
            KnownSetting("gpg.ssh.program", .text, "the program that signs", standard: "ssh-keygen", isGits: true),
            KnownSetting("gpg.ssh.allowedSignersFile", .text, "whom to trust besides", isGits: true),
            KnownSetting("gpg.ssh.revocationFile", .text, "keys that count no more, one a line", isGits: true),
            KnownSetting("approvals.admins", .text, "who may approve what is DANGEROUS: mail addresses; several"),
            KnownSetting("policy.requireSigned", .text, "references that must be signed, as patterns; several"),
            KnownSetting(
                "run.requireControlGroups", .flag, "whether runs whose memory would only be watched are refused",
                standard: "false"),
            KnownSetting("remote.<name>.url", .text, "a remote's address; `amx remote add` sets it"),
            KnownSetting("remote.<name>.pushurl", .text, "where it is pushed to, if elsewhere"),
            KnownSetting(
                "remote.<name>.prune", .flag, "whether fetching removes branches that are gone there", standard: "false"
            ),
            KnownSetting("remote.<name>.tagOpt", .choice(["--no-tags"]), "`--no-tags` to fetch no releases"),
            KnownSetting("branch.<name>.remote", .text, "the remote that a branch follows"),
            KnownSetting("branch.<name>.merge", .text, "the branch there that it follows"),
            KnownSetting(.grace, "days for which what is removed can be had back"),
            KnownSetting(.backup, "days for which what is gone for good is kept; 0 for none"),
            KnownSetting("merge.tool", .text, "the tool of `amx resolve --tool`", isGits: true),
            KnownSetting(
                "mergetool.<name>.cmd", .text, "a merge tool's command, with {base}, {local}, {remote}, {merged}",
                isGits: true),
            KnownSetting(
                "mergetool.<name>.trustExitCode", .flag, "whether its exit status alone counts", standard: "false",
                isGits: true),
            KnownSetting("color.ui", .choice(["auto", "always", "never"]), "when to use colour", standard: "auto"),
            KnownSetting(
                "core.pager", .text, "the program that long output is paged with; `cat` for none", standard: "less"),
            KnownSetting("core.formatVersion", .text, "the version of the workspace's layout"),
        ]
        + LimitSetting.all.map { limit in
            KnownSetting("limits.\(limit.name)", .limit(limit), limit.meaning, standard: "\(limit.value(in: Limits()))")
        }

    /// The setting of a key, which is written in any case but for a chosen part.
    package static func named(_ key: SettingKey) -> KnownSetting? {
        all.first { known in
            guard let pattern = try? SettingKey(known.key) else { return false }
            return pattern.section == key.section && pattern.variable == key.variable
                && (pattern.subsection == key.subsection
                    || (pattern.subsection == "<name>" && key.subsection?.isEmpty == false))
        }
    }

    /// The values in a few words.
    package var values: String {
        switch kind {
        case .text: "text"
        case .flag: "true, false"
        case .choice(let values): values.joined(separator: ", ")
        case .limit: "number"
        case .number(let range): "\(range.lowerBound) to \(range.upperBound)"
        }
    }

    /// Refuses a value that the setting does not take.
    package func check(_ value: String) throws(AmxError) {
        switch kind {
        case .text: return
        case .flag:
            guard ["true", "false", "yes", "no", "on", "off", "1", "0"].contains(value.lowercased()) else {
                throw AmxError(.failure, "\(key) cannot be '\(value)'", hint: "set it to true or false")
            }
        case .choice(let values):
            guard values.contains(value) else {
                throw AmxError(
                    .failure, "\(key) cannot be '\(value)'",
                    hint: NearNames.hint(for: value, among: values)
                        ?? "it is one of: \(values.joined(separator: ", "))")
            }
        case .limit(let limit):
            var limits = Limits()
            try limit.set(value, in: &limits)
        case .number(let range):
            guard let number = Int(value), range.contains(number) else {
                throw AmxError(
                    .failure, "\(key) cannot be '\(TreeRules.printable(value.utf8))'",
                    hint: "give a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
        }
    }
}
