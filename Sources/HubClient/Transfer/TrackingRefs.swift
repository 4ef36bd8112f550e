import Objects

/// The references that note where a remote's branches were last seen: `refs/remotes/<remote>/*`.
struct TrackingRefs {
    /// The remote's name.
    let remote: String

    /// The reference for a branch of the remote; nil for anything but a branch.
    func name(for branch: RefName) -> RefName? {
        branch.branch.flatMap { RefName(remote: remote, branch: $0) }
    }

    /// What is noted of the remote's branches.
    func all(in here: RefSnapshot) -> ArraySlice<Ref> { here.refs(withPrefix: "refs/remotes/\(remote)/") }

    /// The branch of the remote that a reference notes; nil for another reference.
    func branch(of name: RefName) -> RefName? {
        name.suffix(after: "refs/remotes/\(remote)/").flatMap { RefName(branch: $0) }
    }

    /// The updates that bring references to what was seen.
    ///
    /// A noted branch that is gone there and whose name stands in the way of a new one (`a` and `a/b`) is removed with it.
    func updates(
        _ changes: [(name: RefName, new: ObjectID?)], presentThere: [Ref], _ here: RefSnapshot
    ) -> [RefUpdate] {
        let updates = changes.map { change in
            RefUpdate(change.name, expected: here[change.name].map { .id($0.id) } ?? .missing, new: change.new)
        }
        let present = Set(presentThere.compactMap { name(for: $0.name) } + changes.map(\.name))
        let displaced = all(in: here).filter { old in
            !present.contains(old.name) && changes.contains { Self.collide($0.name, old.name) }
        }
        return updates + displaced.map { RefUpdate($0.name, expected: .id($0.id), new: nil) }
    }

    private static func collide(_ left: RefName, _ right: RefName) -> Bool {
        left.bytes.starts(with: right.bytes + [0x2F]) || right.bytes.starts(with: left.bytes + [0x2F])
    }
}
