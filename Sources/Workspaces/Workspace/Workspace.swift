package import Capsules
package import Objects

/// A workspace: a directory with `.aimatrix/` and the folders of its content.
///
/// A value that only names places; nothing is opened or read until a method asks for it.
package struct Workspace: Sendable, Hashable {
    /// The absolute path of the workspace's directory.
    package let root: String

    /// Names a workspace that is known to be there.
    package init(root: String) { self.root = root }

    /// The folder of everything that is Amx's own.
    package var metadata: String { "\(root)/.aimatrix" }
    /// The workspace's configuration, in git's format.
    package var configPath: String { "\(metadata)/config" }
    /// The folder of the capsules' repositories.
    package var storeDirectory: String { "\(metadata)/store" }
    /// The folder of what can be derived again.
    package var cacheDirectory: String { "\(metadata)/cache" }
    /// The folder of the capsules' working forms.
    package var capsulesDirectory: String { "\(root)/knowledge/capsules" }
    /// The repository of one capsule; it may not exist yet.
    package func repositoryPath(_ id: CapsuleID) -> String { "\(storeDirectory)/\(id).git" }
    /// The directory form of one capsule.
    package func directoryPath(_ id: CapsuleID) -> String { "\(capsulesDirectory)/\(id)" }
    /// The packed form of one capsule.
    package func packedPath(_ id: CapsuleID) -> String { "\(capsulesDirectory)/\(id).kc" }
    /// The lock of the one process that may change the workspace.
    var lockPath: String { "\(metadata)/lock" }
    /// The folder of the notes about unfinished changes.
    var pendingDirectory: String { "\(metadata)/pending" }
    /// The note about an unfinished change, by its name: that of one capsule's working form is its id.
    package func pendingPath(_ name: String) -> String { "\(pendingDirectory)/\(name)" }
    /// A folder for files that are not complete yet, on the same file system as the capsules.
    package var temporaryDirectory: String { "\(metadata)/tmp" }
    /// The folder of the stat caches.
    var statCacheDirectory: String { "\(cacheDirectory)/stat" }
    /// The hashes of one capsule's working files, as they were last seen.
    package func statCachePath(_ id: CapsuleID) -> String { "\(statCacheDirectory)/\(id)" }

    /// Finds the workspace that a directory lies in, looking upwards.
    package static func discover(from directory: String) throws(AmxError) -> Workspace {
        var current = directory
        while true {
            if Directory.isDirectory("\(current)/.aimatrix/store") {
                return Workspace(root: current == "/" ? "" : current)
            }
            if current == "/" || current.isEmpty || current == "." { break }
            current = Directory.parent(of: current)
        }
        throw AmxError(
            .failure, "\(directory) is not in a workspace: no folder from here upwards has .aimatrix/",
            hint: "make one with `amx init`, or go to yours")
    }

    /// The configuration.
    package func configuration() throws(AmxError) -> ConfigFile { try ConfigFile(configPath) }

    /// A capsule of this workspace, which need not be there.
    package func capsule(_ id: CapsuleID) -> WorkspaceCapsule { WorkspaceCapsule(workspace: self, id: id) }

    /// The ids of every capsule that has a working form or a repository, in bytewise order.
    ///
    /// `.failure` for an entry of the capsules' folder whose name is no capsule id; names that start with a dot are passed
    /// over.
    package func capsuleIDs() throws(AmxError) -> [CapsuleID] {
        let inventory = try inventory()
        if let stranger = inventory.strangers.first { throw stranger }
        return inventory.ids
    }

    /// What `capsuleIDs` gives, and apart from it an error for each entry whose name is no capsule id.
    package func inventory() throws(AmxError) -> (ids: [CapsuleID], strangers: [AmxError]) {
        var names: Set<String> = []
        var ids: [CapsuleID] = []
        var strangers: [AmxError] = []
        for name in try Directory.names(in: capsulesDirectory) where name.first != UInt8(ascii: ".") {
            var text = String(decoding: name, as: UTF8.self)
            if text.hasSuffix(".kc.sig") { continue }
            if text.hasSuffix(".kc") { text.removeLast(3) }
            guard names.insert(text).inserted else { continue }
            if let id = try? CapsuleID(text) {
                ids.append(id)
            } else {
                strangers.append(
                    AmxError(
                        .failure, "\(capsulesDirectory)/\(TreeRules.printable(name)) is not named by a capsule id",
                        hint: "rename it, or move it elsewhere"))
            }
        }
        for name in try Directory.names(in: storeDirectory) where name.suffix(4).elementsEqual(".git".utf8) {
            let text = String(decoding: name.dropLast(4), as: UTF8.self)
            if names.insert(text).inserted, let id = try? CapsuleID(text) { ids.append(id) }
        }
        return (ids.sorted(), strangers)
    }
}
