package import Capsules
package import Objects

/// What one command did to the capsules of a workspace, so that it can be taken back (`docs/lifecycle.md`, "Operations").
package struct Operation: Sendable, Hashable {
    /// The commands that are operations. The raw values are stable.
    package enum Command: String, Sendable, Hashable, CaseIterable {
        case install
        case add
        case update
        case remove
        case unremove
        case rollback
        case configure
        case undo
        /// Brought out what the lock of a workspace names that was cloned.
        case clone
        /// Brought out what the lock names that a pull has brought, or took away what it does not name any more.
        case pull
        /// Brought installed capsules where the lock of another branch of the workspace has them, and took away those that it lacks.
        case workspaceSwitch = "workspace switch"
        /// The same with a branch that was merged.
        case workspaceMerge = "workspace merge"
    }

    /// What one capsule was at before an operation, or is at after it.
    package struct Place: Sendable, Hashable {
        /// What `amx.lock` says of it; nil where it says nothing.
        package let entry: LockedCapsule?
        /// The form that it lies in; nil for none.
        package let form: Form?

        /// Describes a place; neither an entry nor a form is absence.
        package init(entry: LockedCapsule? = nil, form: Form? = nil) { (self.entry, self.form) = (entry, form) }

        /// Not here at all.
        package static let absent = Place()
    }

    /// A capsule that an operation moved.
    package struct Change: Sendable, Hashable {
        /// The capsule.
        package let capsule: CapsuleID
        /// What it was at.
        package let before: Place
        /// What it is at.
        package let after: Place
        /// Its configuration before; nil where it did not change.
        package let configurationBefore: JSONObject?
        /// Its configuration after; nil where it did not change.
        package let configurationAfter: JSONObject?

        /// Describes a change.
        package init(
            of capsule: CapsuleID, from before: Place, to after: Place, configurationBefore: JSONObject? = nil,
            configurationAfter: JSONObject? = nil
        ) {
            (self.capsule, self.before, self.after) = (capsule, before, after)
            (self.configurationBefore, self.configurationAfter) = (configurationBefore, configurationAfter)
        }

        /// What takes it back.
        package var reversed: Change {
            Change(
                of: capsule, from: after, to: before, configurationBefore: configurationAfter,
                configurationAfter: configurationBefore)
        }
    }

    /// The workspace's two documents at one moment, byte for byte; nil for one that was not there.
    package struct Documents: Sendable, Hashable {
        /// `amx.json`.
        package let manifest: [UInt8]?
        /// `amx.lock`.
        package let lock: [UInt8]?

        /// Describes a moment.
        package init(manifest: [UInt8]?, lock: [UInt8]?) { (self.manifest, self.lock) = (manifest, lock) }
    }

    /// The command.
    package let command: Command
    /// What followed it.
    package let arguments: [String]
    /// When.
    package let time: EventTime
    /// The capsules that it moved, by id.
    package let changes: [Change]
    /// The documents before.
    package let before: Documents
    /// The documents after.
    package let after: Documents
    /// Of an undo, the commit of the operation that it took back.
    package let undoes: ObjectID?

    /// Describes an operation.
    package init(
        _ command: Command, _ arguments: [String] = [], at time: EventTime = .now(), changes: [Change],
        before: Documents, after: Documents, undoes: ObjectID? = nil
    ) {
        (self.command, self.arguments, self.time) = (command, arguments, time)
        self.changes = changes.sorted { $0.capsule < $1.capsule }
        (self.before, self.after, self.undoes) = (before, after, undoes)
    }

    /// Whether there is something to take back: what only brought out what the lock said already has left it as it was, and what follows
    /// another branch is taken back by going back there.
    package var changesAnything: Bool {
        guard command != .workspaceSwitch, command != .pull else { return false }
        return before != after || changes.contains { $0.configurationBefore != $0.configurationAfter }
    }

    /// The operation that takes this one back, given its commit; that of an undo is the redo.
    package func reversed(_ commit: ObjectID, at time: EventTime = .now()) -> Operation {
        Operation(
            .undo, [], at: time, changes: changes.map(\.reversed), before: after, after: before, undoes: commit)
    }

    /// The command line in one line, for people; what could steer a terminal is left out.
    package var line: String {
        (["amx", command.rawValue] + arguments).map { TreeRules.printable($0.utf8) }.joined(separator: " ")
    }
}
