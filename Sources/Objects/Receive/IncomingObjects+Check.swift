extension IncomingObjects {
    /// Throws unless the repository would be sound with the new objects in it and refs at `tips`.
    ///
    /// Every object that a new object names is new or in the repository, and of the right kind; so are the tips. Every capsule
    /// that a new commit holds stays within the limits. All new objects are looked at, reachable from a tip or not, so that by
    /// induction everything in an Amx repository has all that it refers to; that is why objects which were here before need
    /// not be walked. The form of each object has been checked when it was received; which path a tree breaks a rule at is
    /// told here.
    package func check(tips: [ObjectID]) throws(AmxError) {
        for tip in tips where try header(tip) == nil {
            throw AmxError(
                .failure, "cannot take the refs: object \(tip) is neither in the pack nor here",
                hint: "the sender's repository is damaged or shallow: run `git fsck` there")
        }
        if let violation { throw error(for: violation, tips: tips) }
        var kinds: [ObjectID: ObjectKind] = [:]
        for tag in new(.tag) {
            let object = try reader.tag(tag)
            try require(object.target, object.targetKind, by: tag, .tag, &kinds)
        }
        var extents = TreeExtents(self)
        let commits = new(.commit)
        for id in commits {
            let commit = try reader.commit(id)
            try require(commit.tree, .tree, by: id, .commit, &kinds)
            for parent in commit.parents { try require(parent, .commit, by: id, .commit, &kinds) }
        }
        for id in new(.tree) {
            for entry in try reader.entries(ofTree: id) {
                try require(entry.id, entry.isTree ? .tree : .blob, by: id, .tree, &kinds)
            }
        }
        for id in commits { try extents.check(root: reader.commit(id).tree, of: id) }
        for id in attributeFiles {
            try reader.withObject(id) { _, content throws(AmxError) in try GitAttributes.check(content, id: id) }
        }
    }

    private func require(
        _ id: ObjectID, _ kind: ObjectKind, by owner: ObjectID, _ ownerKind: ObjectKind,
        _ kinds: inout [ObjectID: ObjectKind]
    ) throws(AmxError) {
        var found = objects[id]?.kind ?? kinds[id]
        if found == nil {
            found = try reader.header(id)?.kind
            kinds[id] = found
        }
        guard let found else {
            throw PackRefusal.object(
                owner, ownerKind, "its \(kind.rawValue) \(id) is neither in the pack nor here",
                hint: "the sender's repository is damaged or shallow: run `git fsck` there")
        }
        guard found == kind else {
            throw PackRefusal.object(owner, ownerKind, "\(id) is a \(found.rawValue), not a \(kind.rawValue)")
        }
    }
}
