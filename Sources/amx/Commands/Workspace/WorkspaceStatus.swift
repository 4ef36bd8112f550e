import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace status`.
struct WorkspaceStatus: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the workspace's own files: branch, what is not committed, what is wrong.",
        discussion: """
            Checks amx.json, amx.lock, and every volume and library: each capsule that they name must be one of the workspace, with a \
            version that fits.

            Example:
              amx workspace status
            """)

    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let report = try Place().workspace.report()
        try output.show(json: Self.json(report)) { style in Self.text(report, style) }
        if let problem = report.problem { throw problem }
    }

    private static func text(_ report: WorkspaceReport, _ style: Style) -> String {
        let status = report.files
        var lines =
            ["\(style.bold(status.id.string)) \(Self.line(status, style))"]
            + status.changes.map { "  \($0.line(style))" }
        if !report.moved.isEmpty, status.merge == nil {
            let names = report.moved.map(\.string).joined(separator: ", ")
            lines.append("\(WorkspaceLock.fileName) is behind: `amx commit` records \(names)")
        }
        lines += report.warnings.map { "\($0)" }
        return lines.joined(separator: "\n")
    }

    /// The branch, the state, and how far it is from the remote branch.
    static func line(_ status: CapsuleStatus, _ style: Style) -> String {
        var line = "\(status.branch) "
        switch status.state {
        case .clean: line += style.green("clean")
        case .new: line += style.yellow("never committed")
        case _ where status.merge != nil: line += Self.text(status.merge, style)
        default: line += status.problem == nil ? style.yellow("modified") : style.red("cannot be read")
        }
        if status.hasMovedBranch, status.merge == nil, let head = status.head {
            line += style.yellow(
                ", \(status.branch) has moved to \(head.abbreviated): `amx workspace switch \(status.branch)` goes there"
            )
        }
        var distance: [String] = []
        if status.ahead > 0 { distance.append("\(status.ahead) ahead") }
        if status.behind > 0 { distance.append("\(status.behind) behind") }
        if let upstream = status.upstream, !distance.isEmpty {
            line += ", \(distance.joined(separator: " and ")) \(status.behind > 0 ? "" : "of ")\(upstream)"
        }
        return line
    }

    private static func text(_ merge: MergeProgress?, _ style: Style) -> String {
        guard let merge else { return "" }
        let count = merge.conflicts.count
        guard count > 0 else { return style.yellow("merging \(merge.source): `amx commit` concludes it") }
        return style.red(
            "merging \(merge.source), \(count) \(count == 1 ? "conflict" : "conflicts"): "
                + "`amx workspace conflicts` lists them")
    }

    private static func json(_ report: WorkspaceReport) -> JSONValue {
        let status = report.files
        return [
            "workspace": .string(status.id.string), "branch": .string(status.branch),
            "head": .optional(status.head?.hex), "base": .optional(status.base?.hex),
            "state": .string(status.state.rawValue),
            "changes": .array(status.changes.map(\.summary)), "upstream": .optional(status.upstream),
            "ahead": .count(status.ahead), "behind": .count(status.behind),
            "moved": .strings(report.moved.map(\.string)), "problem": .optional(report.problem?.message),
            "merge": status.merge.map(\.json) ?? .null,
            "errors": .array((report.problem?.manifestDiagnostics ?? []).map(\.json)),
            "warnings": .array(report.warnings.map(\.json)),
        ]
    }
}
