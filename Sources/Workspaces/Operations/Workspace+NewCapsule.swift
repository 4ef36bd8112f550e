package import Capsules
import Glibc
package import Objects

extension Workspace {
    /// Makes a directory with a valid manifest and an example of each kind of asset, and returns its path.
    ///
    /// It appears whole or not at all. The caller holds the lock. `.conflict` when the capsule is here already.
    package func newCapsule(
        _ id: CapsuleID, name: String?, author: Developer, code: CodeTemplate? = nil
    ) throws(AmxError) -> String {
        let title = name ?? Self.title(of: id)
        return try place(id) { folder throws(AmxError) in
            for file in CapsuleTemplate.files(id: id, name: title, author: author, code: code) {
                let path = "\(folder)/\(file.path)"
                try Directory.create(Directory.parent(of: path))
                try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL).write(file.content)
            }
        }
    }

    /// Lets `body` fill a temporary folder, and gives it the capsule's name.
    func place(
        _ id: CapsuleID, _ body: (String) throws(AmxError) -> Void
    ) throws(AmxError) -> String {
        let capsule = capsule(id)
        if try manifest()?.name == id {
            throw AmxError(
                .conflict, "the workspace itself is named \(id)",
                hint: "choose another id: both are shared as OWNER/\(id).git")
        }
        guard try capsule.form() == nil, !Directory.exists(repositoryPath(id)) else {
            throw AmxError(
                .conflict, "there is a capsule \(id) in this workspace already", hint: "choose another id")
        }
        let temporary = "\(temporaryDirectory)/\(Directory.temporaryName("new"))"
        try Directory.create(temporary)
        do throws(AmxError) {
            try body(temporary)
            try Directory.syncTree(temporary)
            try Directory.renameWithoutReplacing(temporary, to: directoryPath(id))
        } catch {
            do throws(AmxError) { try Directory.remove(temporary) } catch {}
            throw error
        }
        try Directory.sync(capsulesDirectory)
        try develop(id)
        return directoryPath(id)
    }

    /// A title from an id: `customer-service` becomes `Customer Service`.
    private static func title(of id: CapsuleID) -> String {
        id.string.split { $0 == "-" || $0 == "." }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined(separator: " ")
    }
}
