extension IncomingObjects {
    /// Throws unless the tree of a commit is of git's form and keeps the tree rules, whether it is new or has been here before.
    ///
    /// ``check(tips:)`` looks at new objects only. What lay here has passed a door once, but other tools write into
    /// repositories too.
    package func checkContent(of commit: ObjectID) throws(AmxError) {
        var pending: [(tree: ObjectID, folder: [UInt8], depth: Int)] = [(try reader.commit(commit).tree, [], 1)]
        var files = 0
        var folders = 0
        while let (tree, folder, depth) = pending.popLast() {
            let violation = try reader.withObject(tree) { _, content throws(AmxError) in
                try TreeForm.check(content, id: tree) { _, _ in }
            }
            if let violation { throw error(for: violation, in: folder, of: commit) }
            for entry in try reader.entries(ofTree: tree) {
                let path = folder + entry.name
                guard depth <= TreeRules.depth else { throw TreeRule.tooDeep.error(for: path) }
                guard path.count <= TreeRules.pathBytes else { throw TreeRule.pathTooLong.error(for: path) }
                if entry.isTree { folders += 1 } else { files += 1 }
                // Trees that name others many times are not walked for ever.
                guard max(files, folders) <= limits.entries else {
                    throw limits.passed(.entries, "commit \(commit.abbreviated) has more files than a capsule may have")
                }
                if entry.isTree { pending.append((entry.id, path + [0x2F], depth + 1)) }
            }
        }
    }
}

extension IncomingObjects {
    /// The commits, new or not, whose files are too many, too large together, or of paths that are too long or too deep.
    package func oversized(among commits: [ObjectID]) -> [(commit: ObjectID, error: AmxError)] {
        var extents = TreeExtents(self)
        var found: [(commit: ObjectID, error: AmxError)] = []
        for commit in commits {
            do throws(AmxError) {
                try extents.check(root: reader.commit(commit).tree, of: commit)
            } catch { found.append((commit, error)) }
        }
        return found
    }
}
