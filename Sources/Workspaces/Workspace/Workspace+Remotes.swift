package import Objects

/// A named place that capsules are pushed to and pulled from.
package struct Remote: Sendable, Hashable {
    /// The short name, such as `origin`.
    package let name: String
    /// A hub owner's address, another workspace's path, or a git server's URL prefix.
    package let url: String

    /// Makes a remote.
    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}

extension Workspace {
    /// The remotes, in the order of the configuration.
    package func remotes() throws(AmxError) -> [Remote] {
        try configuration().entries(matching: "^remote\\..*\\.url$").map { entry in
            Remote(name: String(entry.key.dropFirst(7).dropLast(4)), url: entry.value)
        }
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

    /// Adds a remote; `.conflict` when the name is taken by another address.
    package func addRemote(_ remote: Remote) throws(AmxError) {
        guard RefName(remote: remote.name, branch: "x") != nil, !remote.name.contains("/"), !remote.name.contains(".")
        else {
            throw AmxError(.failure, "\(remote.name) is not a name for a remote", hint: "use letters, digits and `-`")
        }
        if let existing = try remotes().first(where: { $0.name == remote.name }) {
            guard existing.url != remote.url else { return }
            throw AmxError(
                .conflict, "the remote \(remote.name) exists already: \(existing.url)",
                hint: "remove it first with `amx remote remove \(remote.name)`")
        }
        try configuration().set("remote.\(remote.name).url", remote.url)
    }

    /// Forgets a remote; what was fetched from it stays. `.notFound` when there is none.
    package func removeRemote(_ name: String) throws(AmxError) {
        _ = try remote(name)
        try configuration().remove("remote.\(name).url")
    }
}
