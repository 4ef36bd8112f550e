package import Capsules
package import Objects

extension OperationLog {
    /// Of some capsules, each with a source, those that an operation which chose versions here has brought from there.
    ///
    /// One walk through the log, at most to its beginning, however many they are.
    package func chosen(_ sources: [CapsuleID: LockedCapsule.Source]) throws(AmxError) -> Set<CapsuleID> {
        var open = sources
        guard !open.isEmpty else { return [] }
        _ = try list(limit: 1) { operation in
            guard operation.command.choosesVersions else { return false }
            for change in operation.changes {
                guard let source = change.after.entry?.source, open[change.capsule] == source else { continue }
                open[change.capsule] = nil
            }
            return open.isEmpty
        }
        return Set(sources.keys).subtracting(open.keys)
    }
}

extension Operation.Command {
    /// Whether what it records of a capsule's source is what was found here, rather than what a lock said already.
    var choosesVersions: Bool {
        switch self {
        case .install, .add, .update, .remove, .unremove, .rollback: true
        case .configure, .undo, .clone, .pull, .workspaceSwitch, .workspaceMerge: false
        }
    }
}
