import Objects
import Wire

extension PushCommand {
    /// The update of the ref, on condition that it is still what the client saw; nil for a name that git doesn't allow.
    var update: RefUpdate? {
        RefName(name).map {
            RefUpdate($0, expected: old.isZero ? .missing : .id(old), new: isDeletion ? nil : new)
        }
    }

    /// The update where it changes anything: deleting what isn't there, or setting what is, does not.
    var change: RefUpdate? { old == new ? nil : update }

    /// Whether the ref is what the client saw.
    func isCurrent(in snapshot: RefSnapshot) -> Bool {
        guard let name = RefName(name) else { return false }
        return (snapshot[name]?.id ?? .zero) == old
    }
}
