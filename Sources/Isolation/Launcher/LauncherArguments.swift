/// The command line of a launcher: `launch`, and for a supervisor that is root, `USER FOLDER COUNT GROUP... SOURCE TARGET...`.
package struct LauncherArguments: Sendable, Hashable {
    /// The user, and group, of the slot; nil for a supervisor that is not root, whose own it is.
    package var user: UInt32?
    /// The folder in which the launcher makes what its programs see; only with a user.
    package var folder = ""
    /// The files by which it enters its control groups; only with a user.
    package var groups: [String] = []
    /// What its programs see beside the system's own; only with a user.
    package var shown: [SandboxView.Shown] = []

    /// Those of a supervisor that is not root.
    package init() {}

    /// Those of a slot.
    init(_ slot: Slot, groups: [String], shown: [SandboxView.Shown]) {
        (user, folder, self.groups, self.shown) = (slot.user, slot.folder, groups, shown)
    }

    /// Reads the words after `launch`; nil for anything but those of ``words``.
    package init?(_ words: ArraySlice<String>) {
        var words = words
        guard let first = words.popFirst() else { return }
        guard let user = UInt32(first), user > 0, let folder = words.popFirst(), folder.hasPrefix("/"),
            let count = words.popFirst().flatMap({ Int($0) }), count >= 0, count <= words.count,
            (words.count - count) % 2 == 0
        else { return nil }
        (self.user, self.folder) = (user, folder)
        groups = Array(words.prefix(count))
        words.removeFirst(count)
        while let source = words.popFirst(), let target = words.popFirst() {
            shown.append(SandboxView.Shown(source, at: target))
        }
    }

    /// The words of a command line.
    package var words: [String] {
        guard let user else { return ["launch"] }
        return ["launch", String(user), folder, String(groups.count)] + groups
            + shown.flatMap { [$0.source, $0.target] }
    }
}
