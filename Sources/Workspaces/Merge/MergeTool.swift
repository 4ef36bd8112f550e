import Glibc
package import Objects

/// A program of the user's that settles what conflicts in a file, as the settings describe it.
///
/// Its command is only ever taken from configuration files, which are no content and never transferred.
package struct MergeTool: Sendable {
    /// What the settings call it.
    package let name: String
    /// The command for the shell, with `{base}`, `{local}`, `{remote}` and `{merged}`, or with git's variables.
    private let command: String
    /// Whether the exit status alone says that the conflict is settled.
    let trustsStatus: Bool

    /// Looks a tool up; without a name it is that of `merge.tool`.
    package init(named wanted: String?, in settings: Settings) throws(AmxError) {
        let configured = try settings.value(SettingKey("merge.tool"))?.value
        guard let name = wanted ?? configured, !name.isEmpty else {
            throw AmxError(
                .failure, "there is no merge tool: merge.tool is not set",
                hint: "name one with --tool=NAME, or set it with `amx config merge.tool NAME`")
        }
        let shown = TreeRules.printable(name.utf8.prefix(80))
        guard let command = try settings.value(SettingKey("mergetool.\(name).cmd"))?.value, !command.isEmpty else {
            throw AmxError(
                .failure, "there is no merge tool '\(shown)': mergetool.\(shown).cmd is not set",
                hint: "set its command, as in `amx config mergetool.\(shown).cmd "
                    + "'meld {local} {base} {remote} --output {merged}'`")
        }
        self.name = shown
        self.command = command
        let trust = try settings.value(SettingKey("mergetool.\(name).trustExitCode"))?.value.lowercased()
        trustsStatus = trust.map { ["true", "yes", "on", "1"].contains($0) } ?? false
    }

    /// Lets the tool work on copies of a file, in the foreground, and gives what it has made of it.
    ///
    /// The copies lie in a folder of their own, readable by the user only, in which the tool also starts; it goes when the tool has
    /// ended. With `output` the tool's standard output goes to that descriptor. `.failure` when it cannot be run, ends with another
    /// status than 0, or has changed nothing.
    package func run(on sides: ConflictSides, output: Int32?) throws(AmxError) -> [UInt8] {
        let folder = try Self.temporaryFolder()
        let result = Result { () throws(AmxError) in try run(on: sides, in: folder, output: output) }
        do throws(AmxError) { try Directory.remove(folder) } catch {}
        return try result.get()
    }

    private func run(on sides: ConflictSides, in folder: String, output: Int32?) throws(AmxError) -> [UInt8] {
        let suffix = Self.suffix(of: sides.path)
        var environment = ProgramEnvironment.current
        let files = [
            ("base", sides.base), ("local", sides.ours), ("remote", sides.theirs), ("merged", sides.current),
        ]
        for (name, bytes) in files {
            let path = "\(folder)/\(name)\(suffix)"
            try AtomicFile.write(bytes ?? [], to: path)
            environment.set(name.uppercased(), path)
        }
        var shell = Program("/bin/sh", ["-c", Self.script(command)])
        (shell.environment, shell.directory) = (environment, folder)
        shell.input = .shared
        shell.output = output.map { .descriptor($0) } ?? .shared
        shell.errors = .shared
        shell.company = .caller
        let path = sides.path.string
        let status = try shell.run().status
        guard status == 0 else {
            let isMissing = status == 127 || status == 126
            throw AmxError(
                .failure,
                isMissing
                    ? "\(path) is in conflict as before: the merge tool '\(name)' could not be run (status \(status))"
                    : "\(path) is in conflict as before: the merge tool '\(name)' ended with status \(status)",
                hint: isMissing
                    ? "install the program, or correct its command with `amx config mergetool.\(name).cmd '...'`"
                    : "run it again, or edit the file by hand")
        }
        let merged = try FileContent.read("\(folder)/merged\(suffix)", .objectBytes)
        guard let merged else {
            throw AmxError(
                .failure, "\(path) is in conflict as before: the merge tool '\(name)' has removed its result",
                hint: "let its command write to {merged}")
        }
        guard trustsStatus || merged != sides.current ?? [] else {
            throw AmxError(
                .failure, "\(path) is in conflict as before: the merge tool '\(name)' has changed nothing",
                hint: "let its command write to {merged}; if the file is right as it is, take it without --tool")
        }
        return merged
    }

    /// A new folder among the system's temporary files that only the user can look into.
    private static func temporaryFolder() throws(AmxError) -> String {
        let configured = getenv("TMPDIR").map { String(cString: $0) }
        let path =
            "\(configured.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp")/\(Directory.temporaryName("amx-merge"))"
        guard mkdir(path, 0o700) == 0 else { throw AmxError.system("cannot create \(path)") }
        return path
    }

    /// Keeps what a tool has made and what could not be taken; gives the file's path, nil when it cannot be written.
    package static func keep(_ content: [UInt8], of path: TreePath) -> String? {
        guard let folder = try? temporaryFolder() else { return nil }
        let file = "\(folder)/merged\(suffix(of: path))"
        guard (try? AtomicFile.write(content, to: file)) != nil else { return nil }
        return file
    }

    /// The ending of a file's name where it is a plain one, so that the tool knows what it is shown.
    private static func suffix(of path: TreePath) -> String {
        guard let dot = path.name.lastIndex(of: ".") else { return "" }
        let ending = path.name[dot...].utf8.dropFirst()
        let isPlain = ending.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return isPlain && (1...16).contains(ending.count) ? String(path.name[dot...]) : ""
    }

    /// The command with variables in place of the words in braces, quoted so that a path stays one word wherever they stand.
    static func script(_ command: String) -> String {
        let names = ["base", "local", "remote", "merged"]
        var (script, rest) = ("", Substring(command))
        var quote: Character?
        while let character = rest.first {
            if let name = names.first(where: { rest.hasPrefix("{\($0)}") }) {
                let isVariable = script.last == "$"
                let variable = "${\(name.uppercased())}"
                switch quote {
                case _ where isVariable: script += "{\(name)}"
                case "\""?: script += variable
                case "'"?: script += "'\"\(variable)\"'"
                default: script += "\"\(variable)\""
                }
                rest = rest.dropFirst(name.count + 2)
                continue
            }
            rest.removeFirst()
            script.append(character)
            switch (character, quote) {
            case ("\\", nil), ("\\", "\""?): if let next = rest.popFirst() { script.append(next) }
            case ("'", nil), ("\"", nil): quote = character
            case ("'", "'"?), ("\"", "\""?): quote = nil
            default: break
            }
        }
        return script
    }
}
