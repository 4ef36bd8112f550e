package import Capsules
import Glibc
package import Objects

/// The bare repositories of a hub, by address.
///
/// Every call blocks, so a server makes it on ``Workers``. An opened repository belongs to one thread.
package struct RepositoryStore: Sendable {
    /// Where the repositories lie.
    package let directory: DataDirectory

    package init(_ directory: DataDirectory) { self.directory = directory }

    /// Whether there is a repository.
    func contains(_ address: CapsuleAddress) -> Bool {
        Directory.isDirectory(directory.repositoryPath(address))
    }

    /// Opens a repository; `.notFound` when there is none, `.failure` when its object format is not SHA-1.
    ///
    /// These two name the address only, so that a client may be told; other errors name the path.
    package func open(_ address: CapsuleAddress) throws(AmxError) -> Repository {
        guard contains(address) else {
            throw AmxError(
                .notFound, "there is no repository \(address) on this hub",
                hint: "the first push to an address makes its repository")
        }
        do throws(AmxError) {
            return try Repository(opening: directory.repositoryPath(address))
        } catch {
            // Its packs may be what is not understood first.
            guard let format = objectFormat(of: address) else { throw error }
            throw AmxError(
                .failure, "cannot open the repository \(address): its object format is \(format), not SHA-1",
                hint: "Amx works with SHA-1 repositories only: whoever runs the hub can move it away and push a "
                    + "SHA-1 repository in its place")
        }
    }

    /// The object format that a repository's configuration names; nil for SHA-1, and where nothing can be read.
    private func objectFormat(of address: CapsuleAddress) -> String? {
        let path = "\(directory.repositoryPath(address))/config"
        guard let format = try? ConfigFile(path).string("extensions.objectFormat") else { return nil }
        return format.lowercased() == "sha1" ? nil : TreeRules.printable(format.utf8)
    }

    /// The addresses of an owner's repositories, by name.
    package func addresses(of owner: OwnerName) throws(AmxError) -> [CapsuleAddress] {
        let folder = directory.ownerPath(owner)
        guard Directory.exists(folder) else { return [] }
        return try Directory.names(in: folder).compactMap { name in
            let text = String(decoding: name, as: UTF8.self)
            guard text.hasSuffix(".git"), let id = try? CapsuleID(String(text.dropLast(4))) else { return nil }
            return CapsuleAddress(owner: owner, name: id)
        }
    }

    /// Makes an empty repository that nobody can see yet.
    func createIncoming() throws(AmxError) -> Repository {
        try Directory.create(directory.incomingPath, mode: 0o700)
        return try Repository.create(at: "\(directory.incomingPath)/\(Directory.temporaryName("first-push")).git")
    }

    /// Gives a finished incoming repository its address, durably; `.conflict` when one is there by now.
    func publish(_ incoming: Repository, as address: CapsuleAddress) throws(AmxError) {
        let folder = directory.ownerPath(address.owner)
        if !Directory.exists(folder) {
            try Directory.create(folder, mode: 0o700)
            try Directory.sync(directory.storePath)
        }
        try Directory.sync(incoming.path)
        do throws(AmxError) {
            try Directory.renameWithoutReplacing(incoming.path, to: directory.repositoryPath(address))
        } catch  where error.code == .conflict {
            throw AmxError(
                .conflict, "another push made \(address) at the same time", hint: "push again")
        }
        try Directory.sync(folder)
        try Directory.sync(directory.incomingPath)
    }

    /// Removes what first pushes left behind when the process was killed. Only the serving process may call this.
    func removeIncoming() throws(AmxError) {
        guard Directory.exists(directory.incomingPath) else { return }
        for name in try Directory.names(in: directory.incomingPath) {
            try Directory.remove("\(directory.incomingPath)/\(String(decoding: name, as: UTF8.self))")
        }
    }
}
