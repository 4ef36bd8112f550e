package import Capsules
package import Objects

/// What the lock names by a release and nobody develops: only an operation moves it, which asks for approvals and is recorded.
extension Workspace {
    /// Those of some capsules that are so, with what the lock says of them, whether or not they are here already.
    package func heldCapsules(among ids: [CapsuleID]) throws(AmxError) -> [CapsuleID: LockedCapsule] {
        guard !ids.isEmpty, let lock = try lock() else { return [:] }
        var held: [CapsuleID: LockedCapsule] = [:]
        for id in ids {
            guard let entry = lock[id], entry.lane == nil, entry.isRelease else { continue }
            let capsule = capsule(id)
            if try capsule.form() != nil, try capsule.installedBase() == nil { continue }
            held[id] = entry
        }
        return held
    }
}

extension WorkspaceCapsule {
    /// Refuses, with `.conflict`, a merge that would move what is held; one that brings nothing moves nothing.
    package func checkMayMerge(_ target: ObjectID) throws(AmxError) {
        guard let held = try workspace.heldCapsules(among: [id])[id] else { return }
        let repository = try existingRepository()
        if let head = try position(in: repository).head, try CommitWalk(repository).isAncestor(target, of: head) {
            return
        }
        throw refusal(to: "merge into", held)
    }

    /// Refuses, with `.conflict`, to switch what is held to a branch with another commit than the one that is here.
    package func checkMaySwitch(to name: String) throws(AmxError) {
        guard let held = try workspace.heldCapsules(among: [id])[id] else { return }
        let position = try position(in: existingRepository())
        guard try form() != nil, try switchTarget(name, in: position).commit == position.base else {
            throw refusal(to: "switch", held)
        }
    }

    /// What is said to whoever wants to move what is held.
    package func refusal(to verb: String, _ held: LockedCapsule) -> AmxError {
        let isHere = (try? form()) ?? nil != nil
        return AmxError(
            .conflict,
            "cannot \(verb) \(id): it is installed, as the release \(held.version) of \(WorkspaceLock.fileName), and only an installation moves it",
            hint: isHere
                ? "`amx update \(id)` brings another release; to develop it here, `amx edit \(id)`, then change and commit it"
                : "`amx install` brings it")
    }
}
