import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx diff`.
struct Diff: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what differs between two contents of a capsule.",
        usage: "amx diff <id> [<side> [<side>]] [--patch | --stat | --name-status] [--exit-code]",
        discussion: """
            A side is a revision (a release, a branch, a remote's branch such as origin/main as it was last fetched, a commit), the \
            path of a .kc file, or . for the working form. Without sides, the working form against the last commit; with one, against \
            that side; with two, the first against the second. Two .kc files need no workspace.

            What widens trust comes first: permissions, network, hooks, tools; then version and dependencies, what breaks, and \
            the files: JSON and YAML by value, embeddings by row, text by line. Exit status 0 whether anything differs or not; with \
            --exit-code, 1 when something does.

            Example:
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
}
