/// The command line of a launcher: `launch`, and for a supervisor that is root, `USER`, and what is shown where.
package struct LauncherArguments: Sendable, Hashable {
    /// The user, and group, of the slot; nil for a supervisor that is not root, whose own it is.
    package var user: UInt32?
    /// The folder at which the launcher sees what it is shown, whoever may reach the places where that lies; only with a user.
    package var folder: String?
    /// Files and folders that are seen there by their numbers: `FOLDER/0`, `FOLDER/1` and so on.
    package var sources: [String]

    package init(user: UInt32? = nil, folder: String? = nil, sources: [String] = []) {
        self.user = user
        self.folder = user == nil ? nil : folder
        self.sources = self.folder == nil ? [] : sources
    }

    /// Reads the words after `launch`; nil for anything but those of ``words``.
    package init?(_ words: ArraySlice<String>) {
        var words = words
        self.init()
        guard let first = words.popFirst() else { return }
        guard let user = UInt32(first), user > 0 else { return nil }
        self.user = user
        folder = words.popFirst()
        sources = Array(words)
        guard folder == nil || !sources.isEmpty else { return nil }
    }

    /// The words of a command line.
    package var words: [String] {
        var words = ["launch"]
        if let user { words.append(String(user)) }
        if let folder { words += [folder] + sources }
        return words
    }
}
