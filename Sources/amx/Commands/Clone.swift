import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx clone`.
struct Clone: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone", abstract: "Make a workspace from the workspace, or with the capsule, at an address.",
        discussion: """
            A workspace comes whole: its files, and each capsule at the commit that its amx.lock names, verified by digest, those that \
            it develops in directory form. A capsule alone comes in packed form. The place of the address becomes the remote origin.

            Example:
              amx clone https://hub.example/acme/support-team
              amx clone https://hub.example/acme/customer-service.git
            """)

    @Argument(help: "The address, with or without .git, or the path of a workspace.") var url: String
    @Argument(help: "The workspace's directory; by default named after the address.") var directory: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let address = try RemoteURL(parsing: url, relativeTo: WorkingDirectory.path())
        let (id, place, repository) = try TransferLeg.connector().repository(at: address)
        let root = try WorkingDirectory.absolute(directory ?? id.string)
        let existed = Directory.exists(root)
        if existed, try !Directory.isDirectory(root) || !Directory.names(in: root).isEmpty {
            throw AmxError(
                .conflict, "cannot clone to \(root): it exists already and is not empty",
                hint: "name another directory: `amx clone URL DIR`")
        }
        // A wrong address or token is found out before anything is written.
        do {
            _ = try repository.refs()
        } catch let error as AmxError where error.code == .notFound {
            let names = TransferLeg.connector().names(at: place)
            throw AmxError(error.code, error.message, hint: NearNames.hint(for: id.string, among: names) ?? error.hint)
        }
        let display = output.progress()
        // A directory that is new gets its name when all is there. One that is here, maybe as a shell's current one, stays the same.
        let name = Directory.name(of: root)
        try Directory.removeAbandoned(in: Directory.parent(of: root), labelled: ".\(name).clone")
        let aside =
            existed ? root : "\(Directory.parent(of: root))/\(Directory.temporaryName(".\(name).clone"))"
        let outcome = Result {
            let cloned = try clone(id, from: repository, at: place, to: aside, named: name, display, output)
            if !existed {
                try Directory.renameWithoutReplacing(aside, to: root)
                try Directory.sync(Directory.parent(of: root))
            }
            return cloned
        }
        display.finish()
        if case .failure = outcome { try Self.remove(aside, existed: existed) }
        let (cloned, capsules, locked) = try outcome.get()
        for ref in cloned.leftOut {
            try output.warn("\(ref.ref.string) is left out: \(ref.rejection?.reason ?? "it was refused")")
        }
        for warning in locked?.warnings ?? [] { try output.warn(warning) }
        let workspace = Workspace(root: root)
        let waiting = try WaitingApprovals(workspace.lock() ?? WorkspaceLock(), in: workspace).ids
        if let warning = Place.warning(ofNesting: root) { try output.warn(warning) }
        try output.confirm(
            json: [
                "workspace": .string(root), "kind": .string(cloned.kind.rawValue),
                "capsules": .strings(capsules.map(\.string)), "branch": .optional(cloned.branch),
                "commit": .optional(cloned.commit?.hex), "resumedBytes": .count(cloned.resumedBytes),
                "leftOut": locked?.json ?? .array([]), "remotes": .array((locked?.added ?? []).map(\.json)),
                "waiting": .strings(waiting.sorted().map(\.string)),
            ]
        ) { _ in
            let count = "\(capsules.count) \(capsules.count == 1 ? "capsule" : "capsules")"
            return
                "Cloned \(id) to \(WorkingDirectory.shown(root)): \(cloned.branch ?? "") at \(cloned.commit?.abbreviated ?? "")"
                + (cloned.kind == .workspace ? ", \(count)" : "")
                + (LockedCapsules.note(of: waiting).map { "\n\($0)" } ?? "")
        }
    }

    private func clone(
        _ id: CapsuleID, from repository: any RemoteRepository, at place: RemoteURL, to root: String,
        named directory: String, _ display: ProgressDisplay, _ output: Output
    ) throws -> (RepositoryClone.Cloned, [CapsuleID], LockedCapsules?) {
        // A workspace brings its own name. One that is made for a capsule has another than the capsule.
        let name = try CapsuleID.derived(from: directory) ?? CapsuleID("workspace")
        let workspace = try Workspace.create(at: root, name: name == id ? CapsuleID("\(id)-workspace") : name).workspace
        let remote = Remote(name: "origin", url: place.text)
        try workspace.write { () throws(AmxError) in try workspace.addRemote(remote) }
        let cloned = try RepositoryClone(id, from: repository, named: remote.name, into: workspace)
            .run { display.update(TransferLine.text(id, $0)) }
        guard cloned.kind == .workspace else { return (cloned, [id], nil) }
        let locked = try LockedCapsules(of: workspace, shared: TransferLeg(remote, .fetch), addsAll: true, output)
        var ids: [CapsuleID] = []
        for leg in locked.legs {
            let batch = try locked.pull(leg, display)
            if let failure = batch.firstFailure { throw failure }
            ids += leg.ids
        }
        ids += try locked.bringFiles(display)
        try locked.bringOut(ids, by: .clone)
        return (cloned, ids.sorted(), locked)
    }

    /// Takes back what a failed clone has made.
    private static func remove(_ root: String, existed: Bool) throws(AmxError) {
        guard existed else { return try Directory.remove(root) }
        for name in try Directory.names(in: root) {
            try Directory.remove("\(root)/\(String(decoding: name, as: UTF8.self))")
        }
    }
}
