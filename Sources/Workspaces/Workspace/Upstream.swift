import Glibc
package import Objects
import Synchronization

/// The branch of a remote that a capsule's branch follows.
package struct Upstream: Sendable, Hashable {
    /// The remote's name.
    package let remote: String
    /// The branch's short name there.
    package let branch: String

    /// Names a remote's branch.
    package init(remote: String, branch: String) {
        self.remote = remote
        self.branch = branch
    }

    /// What users call it, such as `origin/main`.
    package var name: String { "\(remote)/\(branch)" }
    /// Where it was last seen; nil for names that no reference can have.
    package var tracking: RefName? { RefName(remote: remote, branch: branch) }
}

/// The upstreams that the workspace's configuration gives to branches: `branch.<capsule>:<branch>.remote` and `.merge`.
///
/// As git keeps them, but for all capsules in one file.
package struct Tracking: Sendable {
    private var entries: [String: Upstream] = [:]
    /// What was read last, for commands that ask of thousands of capsules.
    fileprivate static let last = Mutex<(path: String, stamp: StatCache.Stamp, tracking: Tracking)?>(nil)

    init(_ workspace: Workspace) throws(AmxError) {
        guard let bytes = try FileContent.read(workspace.configPath, limit: 1 << 24),
            bytes.firstRange(of: "[branch".utf8) != nil
        else { return }
        var remotes: [String: String] = [:]
        var branches: [String: String] = [:]
        for (key, value) in try workspace.configuration().entries(matching: "^branch\\..*\\.(remote|merge)$") {
            let parts = key.split(separator: ".", omittingEmptySubsequences: false)
            let subject = parts.dropFirst().dropLast().joined(separator: ".")
            if parts.last == "remote" { remotes[subject] = value }
            if parts.last == "merge" { branches[subject] = RefName(value)?.branch }
        }
        for (subject, remote) in remotes {
            guard let colon = subject.firstIndex(of: ":") else { continue }
            let branch = branches[subject] ?? String(subject[subject.index(after: colon)...])
            entries[subject] = Upstream(remote: remote, branch: branch)
        }
    }

    /// The configured upstream of a branch; nil for none.
    package subscript(copy: some WorkingCopy, branch: String) -> Upstream? { entries["\(copy.noteName):\(branch)"] }
    /// Whether no branch has one.
    package var isEmpty: Bool { entries.isEmpty }
}

extension Workspace {
    /// The configured upstreams of all capsules; read again only when the configuration has been replaced.
    package func tracking() throws(AmxError) -> Tracking {
        var status = stat()
        lstat(configPath, &status)
        let stamp = StatCache.Stamp(status)
        let known = Tracking.last.withLock { $0 }
        if let known, known.path == configPath, known.stamp == stamp { return known.tracking }
        let tracking = try Tracking(self)
        Tracking.last.withLock { $0 = (configPath, stamp, tracking) }
        return tracking
    }

    /// Makes branches follow a remote's of the same name, however many in one change of the configuration. The caller holds the lock.
    package func setUpstreams(
        _ branches: [(copy: any WorkingCopy, branch: String)], remote: String
    ) throws(AmxError) {
        let known = try tracking()
        var sections: [ConfigFile.Section] = []
        for (copy, branch) in branches {
            let upstream = Upstream(remote: remote, branch: branch)
            switch known[copy, branch] {
            case upstream: continue
            case nil: sections.append(ConfigFile.Section(Self.section(branch, of: copy), Self.values(upstream)))
            default: try setUpstream(upstream, of: branch, in: copy)
            }
        }
        try configuration().append(sections)
    }

    private static func section(_ branch: String, of copy: some WorkingCopy) -> String {
        "branch.\(copy.noteName):\(branch)"
    }

    private static func values(_ upstream: Upstream) -> [(name: String, value: String)] {
        [("remote", upstream.remote), ("merge", "refs/heads/\(upstream.branch)")]
    }

    /// Makes a branch follow a remote's, or with nil none in particular. The caller holds the lock.
    package func setUpstream(_ upstream: Upstream?, of branch: String, in copy: some WorkingCopy) throws(AmxError) {
        let section = Self.section(branch, of: copy)
        let configuration = try configuration()
        guard let upstream else {
            try configuration.remove("\(section).remote")
            return try configuration.remove("\(section).merge")
        }
        for (name, value) in Self.values(upstream) { try configuration.set("\(section).\(name)", value) }
    }
}

extension WorkingCopy {
    /// The remote branch that a branch is measured against: the configured one, else that of the same name of `origin`, else
    /// of the first remote where it has been seen.
    package func upstream(
        of branch: String, in snapshot: RefSnapshot, tracking: Tracking
    ) -> (upstream: Upstream, ref: Ref?)? {
        if let upstream = tracking[self, branch] {
            return (upstream, upstream.tracking.flatMap { snapshot[$0] })
        }
        let origin = Upstream(remote: "origin", branch: branch)
        if let ref = origin.tracking.flatMap({ snapshot[$0] }) { return (origin, ref) }
        for ref in snapshot.refs(withPrefix: "refs/remotes/") {
            guard let rest = ref.name.suffix(after: "refs/remotes/"), let slash = rest.firstIndex(of: "/"),
                rest[rest.index(after: slash)...].utf8.elementsEqual(branch.utf8)
            else { continue }
            return (Upstream(remote: String(rest[..<slash]), branch: branch), ref)
        }
        return nil
    }

    /// Makes a branch that is about to be made from a remote's follow that one, where the default would be another.
    func followRemote(_ branch: String, in snapshot: RefSnapshot) throws(AmxError) {
        let tracking = try workspace.tracking()
        guard tracking[self, branch] == nil,
            let (upstream, _) = upstream(of: branch, in: snapshot, tracking: tracking), upstream.remote != "origin"
        else { return }
        try workspace.setUpstream(upstream, of: branch, in: self)
    }
}
