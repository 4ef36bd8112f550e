package import Objects

extension Workspace {
    /// The remotes, in the order of the configuration.
    package func remotes() throws(AmxError) -> [Remote] {
        var remotes: [Remote] = []
        let entries = try configuration().entries(matching: "^remote\\..*\\.(url|pushurl|tagopt|prune)$")
        for (key, value) in entries where key.hasSuffix(".url") {
            let name = String(key.dropFirst(7).dropLast(4))
            if let index = remotes.firstIndex(where: { $0.name == name }) {
                remotes[index].url = value
            } else {
                remotes.append(Remote(name: name, url: value))
            }
        }
        for (key, value) in entries {
            guard let dot = key.lastIndex(of: "."),
                let index = remotes.firstIndex(where: { "remote.\($0.name)" == key[..<dot] })
            else { continue }
            switch key[key.index(after: dot)...] {
            case "pushurl": remotes[index].pushURL = value
            case "tagopt": remotes[index].takesReleases = value != "--no-tags"
            case "prune": remotes[index].prunes = ["true", "yes", "on", "1", ""].contains(value.lowercased())
            default: break
            }
        }
        return remotes
    }

    /// One remote; `.notFound` with the known names when there is none.
    package func remote(_ name: String) throws(AmxError) -> Remote {
        let remotes = try remotes()
        if let remote = remotes.first(where: { $0.name == name }) { return remote }
        let known = remotes.map(\.name).joined(separator: ", ")
        throw AmxError(
            .notFound, "there is no remote \(name)",
            hint: NearNames.hint(for: name, among: remotes.map(\.name))
                ?? (known.isEmpty ? "add one with `amx remote add \(name) URL`" : "the remotes are: \(known)"))
    }

    /// The remote that is meant when none is named: `origin`, else the only one there is.
    package func defaultRemote() throws(AmxError) -> Remote {
        let remotes = try remotes()
        if let origin = remotes.first(where: { $0.name == "origin" }) { return origin }
        if remotes.count == 1, let only = remotes.first { return only }
        return try remote("origin")
    }

    /// Adds a remote; `.conflict` when the name is taken by another address.
    package func addRemote(_ remote: Remote) throws(AmxError) {
        try Self.checkRemoteName(remote.name)
        if let existing = try remotes().first(where: { $0.name == remote.name }) {
            guard existing.url != remote.url else { return try write(remote) }
            throw AmxError(
                .conflict, "the remote \(remote.name) exists already: \(existing.url)",
                hint: "remove it first with `amx remote remove \(remote.name)`")
        }
        try write(remote)
    }

    /// Changes the settings of a remote that exists; `.notFound` when there is none. The caller holds the lock.
    package func updateRemote(_ remote: Remote) throws(AmxError) {
        _ = try self.remote(remote.name)
        try write(remote)
    }

    /// Gives a remote another name, which its remote branches and the branches that follow it take as well.
    ///
    /// `.conflict` when another remote has the name. Cut off in between, it is done by doing it again. The caller holds the lock.
    package func renameRemote(_ old: String, to new: String) throws(AmxError) {
        let remote = try remote(old)
        try Self.checkRemoteName(new)
        guard old != new else { return }
        guard try !remotes().contains(where: { $0.name == new }) else {
            throw AmxError(.conflict, "cannot rename the remote \(old): there is a remote \(new)")
        }
        var copies: [any WorkingCopy] = [try files()]
        for id in try inventory().ids { copies.append(capsule(id)) }
        for copy in copies {
            guard let repository = try copy.repository() else { continue }
            let prefix = "refs/remotes/\(old)/"
            var updates: [RefUpdate] = []
            for ref in try repository.refs.snapshot().refs(withPrefix: prefix) {
                guard let branch = ref.name.suffix(after: prefix), let name = RefName(remote: new, branch: branch)
                else {
                    continue
                }
                updates.append(RefUpdate(ref.name, expected: .id(ref.id), new: nil))
                updates.append(RefUpdate(name, expected: .any, new: ref.id))
            }
            try repository.refs.commit(updates)
        }
        let configuration = try configuration()
        for (key, value) in try configuration.entries(matching: "^branch\\..*\\.remote$") where value == old {
            try configuration.set(key, new)
        }
        var renamed = Remote(name: new, url: remote.url)
        (renamed.pushURL, renamed.takesReleases, renamed.prunes) = (remote.pushURL, remote.takesReleases, remote.prunes)
        try write(renamed)
        try erase(old)
    }

    /// Forgets a remote; what was fetched from it stays. `.notFound` when there is none.
    package func removeRemote(_ name: String) throws(AmxError) {
        _ = try remote(name)
        try erase(name)
    }

    private static func checkRemoteName(_ name: String) throws(AmxError) {
        guard RefName.isRemote(name) else {
            throw AmxError(.failure, "\(name) is not a name for a remote", hint: "use letters, digits and `-`")
        }
    }

    private func write(_ remote: Remote) throws(AmxError) {
        let configuration = try configuration()
        let section = "remote.\(remote.name)"
        func put(_ key: String, _ value: String?) throws(AmxError) {
            if let value {
                try configuration.set("\(section).\(key)", value)
            } else {
                try configuration.remove("\(section).\(key)")
            }
        }
        try put("url", remote.url)
        try put("pushurl", remote.pushURL)
        try put("tagopt", remote.takesReleases ? nil : "--no-tags")
        try put("prune", remote.prunes ? "true" : nil)
    }

    private func erase(_ name: String) throws(AmxError) {
        let configuration = try configuration()
        for key in ["pushurl", "tagopt", "prune", "url"] { try configuration.remove("remote.\(name).\(key)") }
    }
}
