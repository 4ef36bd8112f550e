import Objects
import Wire

/// What becomes of each command of a push; in an atomic push one refusal refuses all.
struct RefOutcomes {
    /// Whether all updates happen or none.
    let isAtomic: Bool
    private let commands: [PushCommand]
    private var reasons: [String: String] = [:]

    init(_ request: PushRequest) {
        isAtomic = request.isAtomic
        commands = request.commands
    }

    /// Refuses a command, in words for the user.
    mutating func refuse(_ command: PushCommand, _ reason: String) {
        reasons[command.name] = reason
    }

    /// The commands that are to happen, or have happened.
    var standing: [PushCommand] {
        if isAtomic, !reasons.isEmpty { return [] }
        return commands.filter { reasons[$0.name] == nil }
    }

    /// What the client is told.
    var report: PushReport {
        PushReport(
            results: commands.map { command in
                if let reason = reasons[command.name] { return .init(command.name, .rejected(reason)) }
                return .init(command.name, isAtomic && !reasons.isEmpty ? .rejected("atomic push failure") : .ok)
            })
    }
}

extension PushCommand {
    /// The change of the ref, on condition that it is still what the client saw; nil when there is nothing to change.
    var update: RefUpdate? {
        guard let name = RefName(name), old != new else { return nil }
        return RefUpdate(name, expected: old.isZero ? .missing : .id(old), new: isDeletion ? nil : new)
    }
}
