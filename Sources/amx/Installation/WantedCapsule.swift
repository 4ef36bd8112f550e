import Capsules
import HubClient
import Objects
import Versions
import Workspaces

/// A capsule as a command line names it: `id`, `owner/id`, with a constraint after `@`.
struct WantedCapsule {
    let owner: OwnerName?
    let id: CapsuleID
    /// Nil for the highest release and what is compatible with it.
    let constraint: String?

    init(_ text: String) throws(AmxError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        var name = parts.first.map(String.init) ?? ""
        if let slash = name.firstIndex(of: "/") {
            owner = try OwnerName(String(name[..<slash]))
            name = String(name[name.index(after: slash)...])
        } else {
            owner = nil
        }
        id = try CapsuleID(name)
        constraint = parts.count > 1 ? String(parts[1]) : nil
        if let constraint, constraint.isEmpty {
            throw AmxError(.usage, "'\(text)' has no constraint after @", hint: "such as \(name)@^1.0.0")
        }
    }

    /// Requires it in `amx.json`, in place of what it says of the capsule now.
    func add(
        _ kind: Dependency.Kind, remote given: String?, to manifest: inout WorkspaceManifest,
        of workspace: Workspace, _ places: any ReleasePlaces
    ) throws {
        let old = manifest.requirements.first { $0.id == id }
        var remote = given ?? old?.remote
        // With one remote there is nothing to choose from.
        if remote == nil, try workspace.remotes().count > 1 { remote = try workspace.defaultRemote().name }
        var text = constraint ?? old?.constraint.description
        if text == nil {
            var place = try places.place(ofRemote: remote)
            if let owner { place = try places.place(of: owner, beside: place.address) }
            // With an owner, what the registry says of others does not count.
            guard let found = try place.releases(of: id), owner == nil || found.address == place.address else {
                throw AmxError(
                    .notFound, "\(place.address) has no capsule \(id)",
                    hint: "check the name, or say where it is with --remote")
            }
            let usable = found.releases.filter { $0.problem == nil && !$0.isYanked }
            if usable.isEmpty, let error = unusable(found) { throw error }
            guard let best = usable.filter({ !$0.version.isPrerelease }).max(by: { $0.version < $1.version }) else {
                throw AmxError(
                    .notFound,
                    usable.isEmpty
                        ? "\(id) has no release at \(found.address) yet"
                        : "\(id) has only pre-releases at \(found.address)",
                    hint: usable.isEmpty
                        ? "its maintainers make one with `amx release`"
                        : "name the one that you want, such as \(id)@\(usable[0].version)")
            }
            text = "^\(best.version.text.prefix { $0 != "+" })"
        }
        let written = text ?? "latest"
        try Self.place(remote, in: &manifest, of: workspace)
        do throws(VersionSyntaxError) {
            manifest.require(
                id, owner: owner ?? old?.owner, try VersionConstraint(parsing: written), kind, remote: remote)
        } catch {
            throw AmxError(
                .usage, "'\(error.text)' is not a version constraint: \(error.reason)",
                hint: "such as ^1.0.0, or >=1.2.0 <2.0.0")
        }
    }

    /// Why none of the releases of a place can be required; nil where there are none.
    private func unusable(_ found: FoundReleases) -> AmxError? {
        let releases = found.releases.sorted { $0.version > $1.version }
        if let release = releases.first(where: { $0.problem != nil && !$0.isYanked }) {
            return AmxError(
                .notFound,
                "\(id) has no release at \(found.address) that can be used: \(release.version): \(release.problem ?? "")",
                hint: "its maintainers make another one with `amx release`")
        }
        guard let yanked = releases.first(where: { $0.problem == nil }) else { return nil }
        return AmxError(
            .notFound, "\(id) has only releases at \(found.address) that were withdrawn",
            hint: "the last of them is \(yanked.version): ask its maintainers for another one")
    }

    /// Says in `amx.json` where a remote is that it names, so that other copies of the workspace can know it.
    ///
    /// The default one is where they come from themselves, and a path is this machine's own business.
    private static func place(
        _ remote: String?, in manifest: inout WorkspaceManifest, of workspace: Workspace
    ) throws(AmxError) {
        guard let remote, RefName.isRemote(remote), (try? workspace.defaultRemote().name) != remote else { return }
        let url = try RemoteURL(parsing: workspace.remote(remote).url, relativeTo: workspace.root)
        // Without the user's name: others have their own.
        if url.origin != nil { manifest.place(remote, at: url.description) }
    }
}
