import Capsules
import Guard
import Objects
import Runners

/// What an agent is told of a call, as the protocol has it: `content`, `structuredContent` and `isError`.
enum ToolAnswer {
    /// Of a run with a name, by its engine.
    static func json(_ outcome: RunAttempt.Outcome, of name: String, by engine: Engine) -> JSONValue {
        let result = outcome.result
        guard result.isSuccess else {
            let hint = if case .denied(.approval) = result.outcome { outcome.hint } else { String?.none }
            return failure("\(name) failed (\(result.outcome)): \(result.error ?? "it did not say why")", hint: hint)
        }
        // A server's answer is passed on as it is.
        if engine == .mcp, let content = result.result["content"] {
            var members: [(String, JSONValue)] = [("content", content)]
            if let structured = result.result["structuredContent"] { members.append(("structuredContent", structured)) }
            return .object(JSONObject(members + [("isError", false)]))
        }
        let text = result.result.string ?? JSONWriter.text(result.result)
        var members: [(String, JSONValue)] = [("content", [["type": "text", "text": .string(text)]])]
        if case .object = result.result { members.append(("structuredContent", result.result)) }
        return .object(JSONObject(members + [("isError", false)]))
    }

    /// Of a call that came to nothing.
    static func failure(_ message: String, hint: String?) -> JSONValue {
        let text = message + (hint.map { "\nhint: \($0)" } ?? "")
        return ["content": [["type": "text", "text": .string(text)]], "isError": true]
    }
}
