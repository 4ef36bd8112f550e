import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx approvals`.
struct ApprovalsCommand: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "List what somebody has asked to run, and what was said of it.",
        discussion: """
            What is RESTRICTED or DANGEROUS runs once somebody else has approved it: exactly this content, tool, input and level. \
            Without --all, only what waits and what still counts.

            Example:
              amx approvals
              amx approvals --all --json
            """)

    @Flag(help: "Also what was denied, and what counts no more.") var all = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let now = EventTime.now()
        let shown = try RunApprovals(place.workspace).all.filter { wish in
            switch wish.verdict {
            case .waiting: true
            case .approved(_, _, let until): all || now < until
            case .denied: all
            }
        }
        try output.show(json: ["approvals": .array(shown.map(\.json))]) { style in
            guard !shown.isEmpty else { return "Nothing waits for an approval." }
            var table = Table()
            for wish in shown {
                let state =
                    switch wish.verdict {
                    case .waiting: style.yellow("waits")
                    case .approved(let user, _, let until): "approved by \(user) until \(until.text)"
                    case .denied(let user, _, let reason): "denied by \(user)" + (reason.map { ": \($0)" } ?? "")
                    }
                table.add(
                    style.bold(wish.id), wish.subject.name, wish.subject.level.rawValue, "asked by \(wish.requester)",
                    state)
            }
            return table.text()
        }
    }
}
