package import ArgumentParser
package import Objects

/// The manual pages of a program: one for each command.
package struct Manual {
    /// A page in the form that man reads.
    package struct Page {
        /// Its name, such as `amx-remote-add`.
        package let name: String
        /// Its text in roff.
        package let text: String
    }

    private let root: CommandDescription
    private let version: String
    private let date: String

    /// Takes a program's root command, its version, and the day of that.
    package init(of root: any ParsableCommand.Type, version: String, date: String) throws(AmxError) {
        guard let description = CommandDescription(of: root) else {
            throw AmxError(.failure, "cannot describe the commands")
        }
        (self.root, self.version, self.date) = (description, version, date)
    }

    /// The page of the command with these names below the program; `.notFound` when there is none.
    package func page(of names: [String]) throws(AmxError) -> Page {
        var current = root
        for name in names {
            guard let next = current.descendant([name]) else {
                throw AmxError(
                    .notFound, "'\(name)' is not a command of \(current.path.joined(separator: " "))",
                    hint: NearNames.hint(for: name, among: current.children.map(\.name))
                        ?? "`\(current.path.joined(separator: " ")) --help` lists them")
            }
            current = next
        }
        return page(of: current)
    }

    /// Writes the pages of all commands into a folder, which is made if it is missing, and returns the files' paths.
    package func write(to folder: String) throws(AmxError) -> [String] {
        try Directory.create(folder)
        var files: [String] = []
        for command in root.family where command.name != "help" {
            let page = page(of: command)
            let file = "\(folder)/\(page.name).1"
            try AtomicFile.write(Array(page.text.utf8), to: file)
            files.append(file)
        }
        return files
    }

    private func page(of command: CommandDescription) -> Page {
        let parent = command.path.count > 1 ? root.descendant(command.path.dropFirst().dropLast()) : nil
        let page = ManualPage(command, below: parent, version: version, date: date)
        return Page(name: ManualPage.name(command), text: page.text)
    }
}
