import Capsules
import HubClient
import Objects
import Workspaces

/// A remote as a command uses it: its name, its address, and one connection for all capsules.
struct RemoteSession {
    /// The remote that is meant when none is named.
    static let defaultRemote = "origin"

    /// The remote's name.
    let name: String
    /// Where it is.
    let place: RemoteURL
    private let connector: RemoteConnector

    /// Takes the remote's name off a list of arguments: the first one, when a remote has that name, else `origin`.
    init(taking arguments: inout [String], in workspace: Workspace) throws(AmxError) {
        var name = Self.defaultRemote
        if let first = arguments.first, try workspace.remotes().contains(where: { $0.name == first }) {
            name = first
            arguments.removeFirst()
        }
        try self.init(workspace.remote(name))
    }

    /// Uses a remote.
    init(_ remote: Remote) throws(AmxError) {
        name = remote.name
        place = try RemoteURL(parsing: remote.url, relativeTo: WorkingDirectory.path())
        connector = Self.connector()
    }

    /// The repository of a capsule there.
    func repository(_ id: CapsuleID) throws(AmxError) -> any RemoteRepository {
        try connector.repository(id, at: place)
    }

    /// What finds repositories for this user.
    static func connector() -> RemoteConnector {
        RemoteConnector(environment: { Environment[$0] }, agent: "amx/\(Amx.version)")
    }
}
