import Capsules
import Guard
import Runners

/// A tool of a capsule as an agent is offered it.
struct ServedTool: Sendable {
    /// What agents call it.
    let name: String
    let target: RunTarget
    let description: String
    /// A JSON Schema of an object, as the protocol demands.
    let inputSchema: JSONObject
    /// The same of what it gives; nil where it gives something else, or does not say.
    let outputSchema: JSONObject?

    /// Takes what a capsule offers; nil for what takes no object, which agents cannot call.
    init?(_ offer: ServedCapsule.Offer, of manifest: Manifest, named name: String) {
        (self.name, target) = (name, offer.target)
        let declared = target.tool
        let takes = declared?.inputSchema ?? offer.listed?.inputSchema ?? JSONObject()
        guard let input = Self.objectSchema(takes) else { return nil }
        inputSchema = input
        let gives = declared?.outputSchema ?? offer.listed?.outputSchema
        outputSchema = gives.flatMap { $0["type"]?.string == "object" ? $0 : nil }
        let text = declared?.description ?? offer.listed?.description ?? manifest.description
        let needsApproval = target.level.demands.contains(.approval)
        description = text + (needsApproval ? "\n(Each call needs somebody's approval.)" : "")
    }

    /// The tool as the protocol lists it.
    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(name)), ("description", .string(description)), ("inputSchema", .object(inputSchema)),
        ]
        if let outputSchema { members.append(("outputSchema", .object(outputSchema))) }
        return .object(JSONObject(members))
    }

    private static func objectSchema(_ schema: JSONObject) -> JSONObject? {
        guard let type = schema["type"] else {
            return JSONObject([("type", "object")] + schema.members.map { ($0.key, $0.value) })
        }
        return type.string == "object" ? schema : nil
    }
}
