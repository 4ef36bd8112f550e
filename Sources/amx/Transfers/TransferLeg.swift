import Capsules
import HubClient
import Objects
import Workspaces

/// The capsules of a command that go to, or come from, one remote.
struct TransferLeg: Sendable {
    /// The remote's name and settings.
    let remote: Remote
    /// Where it is.
    let place: RemoteURL
    /// The capsules, in the order in which they are told of.
    var ids: [CapsuleID]
    /// Where credentials come from; nil for a place that needs none.
    let credentials: CredentialSource?

    /// Uses a remote.
    init(_ remote: Remote, _ direction: TransferReport.Direction, ids: [CapsuleID] = []) throws(AmxError) {
        self.remote = remote
        self.ids = ids
        let url = direction == .push ? remote.pushURL ?? remote.url : remote.url
        place = try RemoteURL(parsing: url, relativeTo: WorkingDirectory.path())
        credentials = place.origin == nil ? nil : try CredentialSource { Environment[$0] }
    }

    /// What a fetch from there takes and removes.
    func options(prunes: Bool = false) -> HubClient.Fetch.Options {
        var options = HubClient.Fetch.Options()
        options.takesReleases = remote.takesReleases
        options.prunes = prunes || remote.prunes
        return options
    }

    /// What syncs many capsules of a workspace together, and what they become there where that is on this machine.
    func syncGroup(with workspace: Workspace) -> SyncGroup {
        var folders = workspace.syncedFolders
        if case .path(let path) = place { folders += [path] + Workspace(root: path).syncedFolders }
        return SyncGroup(on: folders)
    }

    /// What finds repositories there, for one thread.
    func connector() -> RemoteConnector { Self.connector(credentials) }

    /// What finds repositories for this user.
    static func connector(_ credentials: CredentialSource? = nil) -> RemoteConnector {
        RemoteConnector(environment: { Environment[$0] }, agent: "amx/\(Amx.version)", credentials: credentials)
    }
}
