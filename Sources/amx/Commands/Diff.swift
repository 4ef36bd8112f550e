import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx diff`.
struct Diff: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what differs between two contents of a capsule.",
        usage: "amx diff [<id> [<side> [<side>]]] [--patch | --stat | --name-status] [--exit-code]",
        discussion: """
            A side is a revision (a release, a branch, a remote's branch such as origin/main as it was last fetched, a commit), the \
            path of a .kc file, or . for the working form. Without sides, the working form against the last commit; with one, against \
            that side; with two, the first against the second. Two .kc files need no workspace. Without an id, outside of capsules' \
            directories: all that is not committed, of each capsule and of the workspace's own files.

            What widens trust comes first: permissions, network, hooks, tools; then version and dependencies, what breaks, and \
            the files: JSON and YAML by value, embeddings by row, text by line. Exit status 0 whether anything differs or not; with \
            --exit-code, 1 when something does.

            Example:
              amx diff
              amx diff customer-service
              amx diff customer-service v1.0.0 origin/main
              amx diff old.kc new.kc --exit-code
            """)

    @Argument(help: ArgumentHelp("The capsule and up to two sides.", valueName: "id> <side"))
    var arguments: [String] = []
    @OptionGroup var options: DiffOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        output.page()
        var sides = arguments
        if sides.count == 2, sides.allSatisfy({ ContentComparison.isContainer($0) }) {
            let id = try? ContentComparison.id(ofFile: sides[1])
            let comparison = try ContentComparison(file: sides[0], with: sides[1])
            return try show(id, comparison, output)
        }
        let place = try Place()
        guard !sides.isEmpty || place.currentID != nil else { return try showAll(of: place.workspace, output) }
        let id: CapsuleID
        if let first = sides.first, ContentComparison.isContainer(first), place.currentID == nil {
            id = try ContentComparison.id(ofFile: first)
        } else {
            id = try place.takeID(&sides)
        }
        guard sides.count <= 2 else { throw ValidationError("Unexpected argument '\(sides[2])'") }
        let comparison = try place.workspace.capsule(id).compare(sides.first, sides.count > 1 ? sides[1] : nil)
        try show(id, comparison, output)
    }

    private func show(_ id: CapsuleID?, _ comparison: ContentComparison, _ output: Output) throws {
        try DiffReport(
            comparison, title: id?.string ?? "capsule", members: ["id": .optional(id?.string)], options
        ).show(output)
    }

    /// Shows what is not committed of each capsule and of the workspace's own files.
    private func showAll(of workspace: Workspace, _ output: Output) throws {
        var reports: [DiffReport] = []
        for id in try workspace.capsuleIDs() {
            let capsule = workspace.capsule(id)
            guard try capsule.form() != nil else { continue }
            let report = try DiffReport(
                capsule.compare(nil, nil), title: id.string, members: ["id": .string(id.string)],
                below: "\(workspace.directoryPath(id).dropFirst(workspace.root.count + 1))/", options)
            if !report.isEmpty { reports.append(report) }
        }
        let files = try workspace.files()
        let own = try DiffReport(
            files.compare(nil, nil), title: "workspace \(files.id)", members: ["workspace": .string(files.id.string)],
            options)
        if output.asJSON {
            let result: JSONValue = [
                "capsules": .array(try reports.map { try $0.json() }),
                "workspace": own.isEmpty ? .null : try own.json(),
            ]
            try output.show(json: result, bytes: { _ in [] })
        } else {
            try DiffReport.showTexts(of: reports + [own], output)
        }
        if options.exitCode, !reports.isEmpty || !own.isEmpty { throw ExitCode(1) }
    }
}
