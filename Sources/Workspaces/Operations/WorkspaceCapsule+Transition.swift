import Capsules
import Objects

extension WorkspaceCapsule {
    /// Brings the working form, the current branch and the base to a commit.
    ///
    /// The caller holds the workspace's lock and has made sure that nothing uncommitted is lost. A capsule without a form
    /// gets the packed one.
    func perform(_ transition: Transition, in repository: Repository) throws(AmxError) {
        try Directory.create(Directory.parent(of: workspace.pendingPath(id)))
        try AtomicFile.write(transition.encoded, to: workspace.pendingPath(id))
        try finish(transition, in: repository, isRecovery: false)
    }

    private func finish(_ transition: Transition, in repository: Repository, isRecovery: Bool) throws(AmxError) {
        let target = try repository.files(ofTree: repository.commit(transition.to).tree)
        var source: [FileEntry]?
        if let from = transition.from { source = try repository.files(ofTree: repository.commit(from).tree) }
        switch try form() {
        case .directory:
            try directoryForm.change(from: source ?? [], to: target, in: repository, lenient: isRecovery)
        case .packed:
            var isReplaceable = true
            if isRecovery { isReplaceable = try packedForm.content().entries == source }
            if isReplaceable, source != target { try packedForm.write(target, from: repository) }
        case nil:
            try packedForm.write(target, from: repository)
        }
        try repository.refs.setHead(transition.branch)
        var updates = [RefUpdate(.base, expected: .any, new: transition.to)]
        if let expected = transition.advances, try repository.refs.snapshot()[transition.branch]?.id != transition.to {
            updates.append(RefUpdate(transition.branch, expected: expected, new: transition.to))
        }
        try repository.refs.commit(updates)
        try Directory.remove(workspace.pendingPath(id))
        try Directory.sync(Directory.parent(of: workspace.pendingPath(id)))
    }

    /// Brings a change that was cut off to its end, leaving files alone that the user has touched since.
    fileprivate func finishPending(_ note: [UInt8]) throws(AmxError) {
        if let wanted = Conversion(note)?.form { return try finishConversion(to: wanted) }
        guard let transition = Transition(note), let repository = try repository() else {
            return try Directory.remove(workspace.pendingPath(id))
        }
        try finish(transition, in: repository, isRecovery: true)
    }
}

extension Workspace {
    /// Finishes what a killed process left half done; the caller holds the lock.
    func finishPending() throws(AmxError) {
        let folder = "\(metadata)/pending"
        guard Directory.isDirectory(folder) else { return }
        for name in try Directory.names(in: folder) {
            let path = "\(folder)/\(String(decoding: name, as: UTF8.self))"
            guard let id = try? CapsuleID(String(decoding: name, as: UTF8.self)), let note = try FileContent.read(path)
            else {
                // An incomplete note: nothing had begun.
                try Directory.remove(path)
                continue
            }
            try capsule(id).finishPending(note)
        }
        if Directory.isDirectory(temporaryDirectory) {
            for name in try Directory.names(in: temporaryDirectory) {
                try Directory.remove("\(temporaryDirectory)/\(String(decoding: name, as: UTF8.self))")
            }
        }
    }
}
