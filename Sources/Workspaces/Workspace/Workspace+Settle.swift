import Capsules
import Glibc
package import Objects

extension Workspace {
    /// Takes the workspace's one writer's lock for the length of `body`; `.conflict` after ten seconds.
    ///
    /// A change of a working form that was cut off before is brought to its end first, and what killed processes have left
    /// is removed.
    package func write<Result>(_ body: () throws(AmxError) -> Result) throws(AmxError) -> Result {
        let lock = try FileLock(lockPath, busy: "cannot change the workspace")
        defer { _ = lock }
        _ = try finishPending()
        try sweep()
        try Directory.create(temporaryDirectory)
        let mark = "\(temporaryDirectory)/\(Directory.temporaryName("writer"))"
        _ = try OpenFile(mark, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        defer { unlink(mark) }
        return try body()
    }

    /// Removes what killed processes have left beside their notes; the caller holds the lock.
    private func sweep() throws(AmxError) {
        removeConcludedMerges()
        if try Litter(self).isThere { try Litter(self).sweep() }
    }

    /// Removes the descriptions of merges that have been concluded, which a killed process may leave.
    private func removeConcludedMerges() {
        for name in (try? Directory.names(in: mergeDirectory)) ?? [] {
            if name.elementsEqual(WorkspaceFiles.note.utf8) {
                try? files().removeConcludedMerge()
                continue
            }
            guard let id = try? CapsuleID(String(decoding: name, as: UTF8.self)) else { continue }
            try? capsule(id).removeConcludedMerge()
        }
    }

    /// Ends what a killed process has left half done, if there is such a thing, so that a command that only reads sees every
    /// capsule as it was before or as it was to be.
    ///
    /// A capsule for which this fails says why when something is asked of it. Of an operation on several of them, which has no such
    /// moment before the next one, the reason is returned.
    @discardableResult
    package func settle() -> AmxError? {
        guard let names = try? Directory.names(in: pendingDirectory), !names.isEmpty else { return nil }
        guard let lock = try? FileLock(lockPath, busy: "cannot change the workspace") else { return nil }
        defer { _ = lock }
        let failure = try? finishPending()
        try? sweep()
        return failure
    }

    /// Ends the changes that have left a note, and returns why an operation could not be ended; the caller holds the lock.
    ///
    /// A capsule for which this fails keeps its note and does not stop the others.
    private func finishPending() throws(AmxError) -> AmxError? {
        guard Directory.isDirectory(pendingDirectory) else { return nil }
        try expandGroup()
        var failure: AmxError?
        do throws(AmxError) { try finishOperation() } catch { failure = error }
        for name in try Directory.names(in: pendingDirectory) where !name.elementsEqual(OperationNote.name.utf8) {
            if name.elementsEqual(WorkspaceFiles.note.utf8) {
                try? files().finishPending()
                continue
            }
            guard let id = try? CapsuleID(String(decoding: name, as: UTF8.self)) else {
                // Part of a note: nothing had begun.
                try Directory.remove("\(pendingDirectory)/\(String(decoding: name, as: UTF8.self))")
                continue
            }
            try? capsule(id).finishPending()
        }
        return failure
    }
}

extension WorkingCopy {
    /// Ends a change that was cut off; the caller holds the lock.
    func finishPending() throws(AmxError) {
        guard let bytes = try FileContent.read(notePath, limit: 1 << 16) else { return }
        if let capsule = self as? WorkspaceCapsule, let conversion = Conversion(bytes) {
            try capsule.finish(conversion)
        } else if let transition = Transition(bytes), let repository = try repository() {
            try finish(transition, in: repository)
        } else if let step = MergeStep(bytes), let repository = try repository() {
            try finish(step, in: repository)
        } else {
            try removeNote()
        }
    }

    /// Makes sure that no change is half done; throws why it cannot be ended.
    func checkSettled() throws(AmxError) {
        guard Directory.exists(notePath) else { return }
        let lock = try FileLock(workspace.lockPath, busy: "\(id) is being changed")
        defer { _ = lock }
        try finishPending()
    }
}
