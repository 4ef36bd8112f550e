import Objects
import Wire

/// What becomes of each command of a push; in an atomic push one refusal refuses all.
struct RefOutcomes {
    /// Whether all updates happen or none.
    let isAtomic: Bool
    /// What a policy script said, for the client's user.
    var messages = ""
    private let commands: [PushCommand]
    private var refusals: [[UInt8]: AmxError] = [:]

    init(_ request: PushRequest) {
        isAtomic = request.isAtomic
        commands = request.commands
    }

    /// Refuses a command; the message becomes its reason.
    mutating func refuse(_ command: PushCommand, _ error: AmxError) {
        refusals[Array(command.name.utf8)] = error
    }

    /// The commands that are to happen, or have happened.
    var standing: [PushCommand] {
        if isAtomic, !refusals.isEmpty { return [] }
        return commands.filter { refusal(of: $0) == nil }
    }

    /// The body of the answer: what a script said and the hints as messages, where the client takes them, then the report.
    func answer(to request: PushRequest) -> [UInt8] {
        let results = commands.map { command in
            if let error = refusal(of: command) {
                return PushReport.RefResult(command.name, .rejected(error.message))
            }
            return .init(command.name, isAtomic && !refusals.isEmpty ? .rejected("atomic push failure") : .ok)
        }
        var seen: Set<String> = []
        var hints = messages
        for hint in commands.compactMap({ refusal(of: $0)?.hint }) where seen.insert(hint).inserted {
            hints += "hint: \(RemoteText.oneLine(hint))\n"
        }
        return request.framing.frame(Array(hints.utf8), on: .progress)
            + PushReport(results: results).answer(to: request)
    }

    private func refusal(of command: PushCommand) -> AmxError? { refusals[Array(command.name.utf8)] }
}
