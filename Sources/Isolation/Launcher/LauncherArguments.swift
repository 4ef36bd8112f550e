/// The command line of a launcher: `launch`, and for a supervisor that is root, `USER` and what folder is seen where.
package struct LauncherArguments: Sendable, Hashable {
    /// A folder that the launcher sees at another place, whoever may reach the place where it lies.
    package struct Folder: Sendable, Hashable {
        package var source: String
        package var target: String

        package init(source: String, target: String) { (self.source, self.target) = (source, target) }
    }

    /// The user, and group, of the slot; nil for a supervisor that is not root, whose own it is.
    package var user: UInt32?
    /// What is shown; only with a user.
    package var folder: Folder?

    package init(user: UInt32? = nil, folder: Folder? = nil) {
        self.user = user
        self.folder = user == nil ? nil : folder
    }

    /// Reads the words after `launch`; nil for anything but those of ``words``.
    package init?(_ words: ArraySlice<String>) {
        let words = Array(words)
        self.init()
        guard let first = words.first else { return }
        guard words.count == 1 || words.count == 3, let user = UInt32(first), user > 0 else { return nil }
        self.user = user
        if words.count == 3 { folder = Folder(source: words[1], target: words[2]) }
    }

    /// The words of a command line.
    package var words: [String] {
        var words = ["launch"]
        if let user { words.append(String(user)) }
        if let folder { words += [folder.source, folder.target] }
        return words
    }
}
