package import Capsules
package import Objects

extension Workspace {
    /// The folders of a workspace beside its store, relative to its root.
    package static let folders = [
        ".aimatrix", ".aimatrix/cache", ".aimatrix/hooks", "agents", "knowledge", "knowledge/capsules",
        "knowledge/libraries", "knowledge/volumes", "models", "workflows",
    ]

    /// Lays out a workspace in a directory, which is made when it is missing, and says whether anything was new.
    ///
    /// Nothing that exists is changed. `.failure` inside another workspace's own folders or capsules.
    ///
    /// `amx.json` gets `name`, or what the directory's name suggests.
    package static func create(
        at root: String, name: CapsuleID? = nil
    ) throws(AmxError) -> (workspace: Workspace, created: Bool) {
        let workspace = Workspace(root: root)
        if let outer = try? discover(from: Directory.parent(of: root)),
            root.utf8.starts(with: "\(outer.metadata)/".utf8)
                || root.utf8.starts(with: "\(outer.capsulesDirectory)/".utf8)
        {
            throw AmxError(
                .failure, "cannot make a workspace in \(root): it lies among the capsules of \(outer.root)",
                hint: "choose a directory outside")
        }
        var created = false
        if try workspace.layOutFolders() { created = true }
        if !Directory.exists(workspace.configPath) {
            let settings = "[core]\n\tformatversion = 1\n"
            try AtomicFile.write(Array(settings.utf8), to: workspace.configPath)
            created = true
        }
        if !Directory.exists(workspace.manifestPath) {
            let suggested = try workspace.suggestedName()
            try AtomicFile.write(WorkspaceManifest(name: name ?? suggested).encoded, to: workspace.manifestPath)
            created = true
        }
        if !Directory.isDirectory(workspace.storeDirectory) {
            // Last: its presence makes the directory a workspace.
            try Directory.createDurably(workspace.storeDirectory)
            created = true
        }
        return (workspace, created)
    }

    /// Makes the folders that are missing, and says whether there were any.
    @discardableResult
    package func layOutFolders() throws(AmxError) -> Bool {
        var created = false
        for folder in Self.folders where !Directory.isDirectory("\(root)/\(folder)") {
            try Directory.createDurably("\(root)/\(folder)")
            created = true
        }
        return created
    }
}
