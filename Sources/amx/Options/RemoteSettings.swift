import ArgumentParser
import Workspaces

/// The settings of a remote beside its address.
struct RemoteSettings: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Fetch its releases (the default), or leave them: those of a fork may have the names of others.")
    var releases: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Forget its branches that are gone there with every fetch, or keep them (the default).")
    var prune: Bool?

    /// A remote with what was given changed.
    func applied(to remote: Remote) -> Remote {
        var remote = remote
        if let releases { remote.takesReleases = releases }
        if let prune { remote.prunes = prune }
        return remote
    }
}
