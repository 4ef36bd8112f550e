package import Capsules
import Guard
package import Objects

/// Whether what a tool is given, or gives back, is what its schema says (row U-011).
package enum InputCheck {
    /// Why a tool does not take an input; nil where it does, or says nothing of it.
    package static func problem(with input: JSONValue, of tool: ToolDeclaration) throws(AmxError) -> String? {
        guard let schema = tool.inputSchema else { return nil }
        return try problem(with: input, schema, "\(tool.name) does not take this")
    }

    /// Why a result is not what a tool says it gives; nil where it is, or nothing is said.
    static func problem(withResult result: JSONValue, of tool: ToolDeclaration) throws(AmxError) -> String? {
        guard let schema = tool.outputSchema else { return nil }
        return try problem(with: result, schema, "\(tool.name) gave back something else than it says")
    }

    private static func problem(
        with value: JSONValue, _ schema: JSONObject, _ what: String
    ) throws(AmxError) -> String? {
        do throws(SchemaFault) {
            let check = try SchemaCheck(.object(schema)) { pattern in
                guard let expression = try? RegularExpression(pattern) else { return nil }
                return { text in try? expression.matches(text) }
            }
            let problems = try check.problems(in: value)
            guard let first = problems.first else { return nil }
            return "\(what): \(first)" + (problems.count > 1 ? ", and \(problems.count - 1) more" : "")
        } catch {
            throw error.error(of: "a tool")
        }
    }
}
