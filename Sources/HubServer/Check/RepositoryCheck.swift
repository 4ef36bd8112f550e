import Objects

/// Checks one repository: that its references resolve, that everything they reach is there and has the content that its id
/// says, and that the trees keep the rules.
struct RepositoryCheck {
    private let address: CapsuleAddress
    private let store: RepositoryStore

    init(_ address: CapsuleAddress, _ store: RepositoryStore) {
        self.address = address
        self.store = store
    }

    /// Adds what is found to a report.
    func run(into report: inout HubCheck.Report) {
        do throws(AmxError) {
            let repository = try store.open(address)
            let refs = try repository.refs.snapshot()
            var tips: [ObjectID] = []
            for ref in refs.refs {
                if repository.contains(ref.id) {
                    tips.append(ref.id)
                } else {
                    add("\(ref.name.string) points at \(ref.id), which is missing", to: &report)
                }
            }
            for object in try ObjectWalk(repository).objects(wants: tips, haves: []) {
                report.objects += 1
                if let problem = problem(with: object.id, in: repository) { add(problem, to: &report) }
            }
            for branch in refs.branches where repository.contains(branch.id) {
                do throws(AmxError) {
                    _ = try repository.files(ofTree: repository.commit(branch.id).tree)
                } catch {
                    add("\(branch.name.string): \(error.message)", to: &report)
                }
            }
        } catch {
            add(error.message, to: &report)
        }
    }

    private func problem(with id: ObjectID, in repository: Repository) -> String? {
        do throws(AmxError) {
            return try repository.withObject(id) { kind, bytes throws(AmxError) in
                guard try Repository.objectID(of: bytes, kind: kind) == id else {
                    return "\(kind.rawValue) \(id) is damaged: its content has another id"
                }
                guard kind == .tree else { return nil }
                let entries = try TreeEntry.parse(bytes, tree: id)
                for entry in entries {
                    guard entry.isTree || entry.mode == 0o100644 || entry.mode == 0o100755 else {
                        return "tree \(id) holds \(TreeRules.printable(entry.name)), which is neither file nor folder"
                    }
                    try TreeRules.checkComponent(entry.name)
                }
                try TreeRules.checkSiblings(entries.map(\.name))
                return nil
            }
        } catch {
            return "object \(id): \(error.message)"
        }
    }

    private func add(_ problem: String, to report: inout HubCheck.Report) {
        report.problems.append(
            HubCheck.Problem(
                subject: "\(address)", problem: problem,
                repair: "stop the hub, move \(store.directory.repositoryPath(address)) away, start it, and push from a "
                    + "clone that is whole, or restore the folder from a backup"))
    }
}
