import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx show`.
struct Show: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one revision of a capsule, with its files.",
        discussion: """
            REV is a release (v1.2.0 or 1.2.0), a branch, a remote branch (origin/main) or at least seven digits of a commit; ~N \
            after it means its Nth ancestor. Without one, the current branch's commit is shown.

            Example:
              amx show customer-service@v1.0.0
              amx show customer-service@main~1
            """)

    @Argument(help: ArgumentHelp("The capsule and revision.", valueName: "id[@rev]")) var capsule: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        output.page()
        let place = try Place()
        let target = try place.revision(capsule)
        let shown = try place.workspace.capsule(target.id).show(target.revision)
        try output.show(json: Self.json(target.id, shown)) { style in
            Self.text(shown, style) { head in
                head.add("capsule", style.bold(target.id.string))
            }
        }
    }

    /// The commit and its files; `start` gives the first lines.
    static func text(_ shown: ShownRevision, _ style: Style, start: (inout Table) -> Void) -> String {
        let log = shown.log
        var head = Table()
        start(&head)
        head.add("commit", style.yellow(log.id.hex))
        head.add("tree", log.commit.tree.hex)
        head.add("digest", shown.digest.text)
        if let version = log.version { head.add("version", Style.visible(version)) }
        if !log.tags.isEmpty { head.add("tags", style.cyan(log.tags.joined(separator: ", "))) }
        head.add("author", Style.visible("\(log.commit.author.name) <\(log.commit.author.email)>"))
        head.add("time", Timestamp(log.commit.author).rfc3339)
        var files = Table()
        for file in shown.files {
            files.add(file.entry.mode.octal, Self.aligned(file.size), file.entry.path.string)
        }
        let message = Style.visible(log.commit.message).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
        return "\(head.text())\n\n\(message)\n\(files.text())"
    }

    private static func aligned(_ size: Int) -> String {
        let digits = String(size)
        return String(repeating: " ", count: max(0, 10 - digits.count)) + digits
    }

    static func json(_ id: CapsuleID, _ shown: ShownRevision) -> JSONValue {
        var result: JSONObject = [
            "id": .string(id.string), "commit": .string(shown.log.id.hex), "tree": .string(shown.log.commit.tree.hex),
            "digest": .string(shown.digest.text), "version": .optional(shown.log.version),
        ]
        for member in shown.log.json.object?.members ?? [] where result[member.key] == nil {
            result[member.key] = member.value
        }
        result["files"] = .array(
            shown.files.map { file in
                [
                    "path": .string(file.entry.path.string), "mode": .string(file.entry.mode.octal),
                    "size": .count(file.size), "oid": .string(file.entry.id.hex),
                ]
            })
        return .object(result)
    }
}
