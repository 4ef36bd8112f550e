import Capsules
import Glibc
import Objects

extension Workspace {
    /// The folder of what capsules keep between runs: `<organisation>/<capsule>.sqlite`, with SQLite's own files beside it, where `_` is
    /// the name of no organisation.
    package var storesDirectory: String { "\(metadata)/stores" }

    /// The files of a capsule's stores, each as `<organisation>/<name>`.
    func storeFiles(of id: CapsuleID) throws(AmxError) -> [String] {
        guard Directory.isDirectory(storesDirectory) else { return [] }
        var files: [String] = []
        for bytes in try Directory.names(in: storesDirectory) {
            let organization = String(decoding: bytes, as: UTF8.self)
            guard Directory.isDirectory("\(storesDirectory)/\(organization)") else { continue }
            // The file itself goes last: what was cut off before is found again by it.
            for suffix in ["-wal", "-shm", ".lock", ""] {
                let file = "\(organization)/\(id).sqlite\(suffix)"
                if Directory.exists("\(storesDirectory)/\(file)") { files.append(file) }
            }
        }
        return files
    }

    /// Moves a capsule's stores into the folder `stores` of a day's backups, durably.
    func putAwayStores(_ files: [String], in folder: String) throws(AmxError) {
        for file in files {
            let target = "\(folder)/stores/\(file)"
            try Directory.createDurably(Directory.parent(of: target))
            try Directory.renameWithoutReplacing("\(storesDirectory)/\(file)", to: target)
            try Directory.sync(Directory.parent(of: target))
        }
    }

    /// Removes a capsule's stores for good.
    func removeStores(_ files: [String]) throws(AmxError) {
        for file in files where unlink("\(storesDirectory)/\(file)") != 0 && errno != ENOENT {
            throw AmxError.system("cannot remove \(storesDirectory)/\(file)")
        }
    }
}
