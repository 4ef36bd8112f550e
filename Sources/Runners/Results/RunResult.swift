package import Capsules

/// What came of a run (row A-088): the result, or why there is none, and in both cases what it used.
package struct RunResult: Hashable, Sendable {
    package var outcome: RunOutcome
    /// What the code gave back; only where the outcome is ok.
    package var result: JSONValue
    /// What went wrong, in words; only where the outcome is another.
    package var error: String?
    package var usage: ResourceUsage
    /// What the code wrote to its log and its standard error.
    package var log: [UInt8]

    /// A run that went well.
    package init(_ result: JSONValue, usage: ResourceUsage = ResourceUsage(), log: [UInt8] = []) {
        (outcome, self.result, error) = (.ok, result, nil)
        (self.usage, self.log) = (usage, log)
    }

    /// A run that did not.
    package init(
        _ outcome: RunOutcome, error: String, usage: ResourceUsage = ResourceUsage(), log: [UInt8] = []
    ) {
        (self.outcome, result, self.error) = (outcome, .null, error)
        (self.usage, self.log) = (usage, log)
    }

    package var isSuccess: Bool { outcome == .ok }

    /// The object that commands print: `success`, `outcome`, `result` or `error`, `resourceUsage`.
    package var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("success", .bool(isSuccess)), ("outcome", .string(outcome.description)),
        ]
        members.append(isSuccess ? ("result", result) : ("error", .optional(error)))
        members.append(("resourceUsage", usage.json))
        return .object(JSONObject(members))
    }
}
