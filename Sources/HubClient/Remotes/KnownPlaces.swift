package import Capsules
package import Objects
package import Workspaces

/// The places that a workspace's own remotes name, against which addresses are held that somebody else has written, as into a lock.
///
/// Of a server every path is known by one remote there: owners of a hub require capsules of each other. A folder is known by itself only.
package struct KnownPlaces: Sendable {
    private var origins: Set<Origin> = []
    private var paths: Set<String> = []

    /// Takes remotes as the configuration has them, those of relative paths from a workspace's root; unreadable ones name nothing.
    package init(_ remotes: [Remote], relativeTo root: String) {
        for text in remotes.flatMap({ [$0.url, $0.pushURL].compactMap(\.self) }) {
            if let url = try? RemoteURL(parsing: text, relativeTo: root) { add(url) }
        }
    }

    /// Makes a place known.
    package mutating func add(_ url: RemoteURL) {
        switch url {
        case .web(let address): origins.insert(address.origin)
        case .path(let path): paths.insert(path)
        }
    }

    /// Whether it may be asked for something.
    package func contains(_ url: RemoteURL) -> Bool {
        switch url {
        case .web(let address): origins.contains(address.origin)
        case .path(let path): paths.contains(path)
        }
    }

    /// Throws `.denied` for a place that no remote names; nothing has been asked of it.
    package func check(_ url: RemoteURL, of id: CapsuleID) throws(AmxError) {
        guard !contains(url) else { return }
        throw AmxError(
            .denied,
            "\(WorkspaceLock.fileName) says that \(id) comes from \(url), a place that no remote of this workspace names",
            hint:
                "it was not asked; if you trust it, name it: `amx remote add NAME \(ShellWord.quoted("\(url)"))`, then do this again"
        )
    }
}
