import Capsules

/// The files of a capsule that `amx new` starts: a filled manifest, a README, and an example of each kind of knowledge asset.
enum CapsuleTemplate {
    /// Paths and contents, in no particular order.
    static func files(
        id: CapsuleID, name: String, author: Developer, code: CodeTemplate? = nil
    ) -> [(path: String, content: [UInt8])] {
        var manifest = Manifest.template(id: id, name: name, author: author).object ?? JSONObject()
        for member in code?.members.members ?? [] { manifest[member.key] = member.value }
        let texts = [
            ("manifest.json", JSONWriter.text(.object(manifest), .pretty)),
            ("README.md", readme(id: id, name: name)),
            ("CHANGELOG.md", "# Changes\n\n## 0.1.0\n\n- The first version.\n"),
            ("knowledge/schemas/ticket.json", schema),
            ("knowledge/rules/priority.json", rules),
            ("knowledge/workflows/triage.json", workflow),
            ("knowledge/embeddings/topics.jsonl", embeddings),
        ]
        return texts.map { ($0.0, Array($0.1.utf8)) } + (code?.files ?? [])
    }

    private static func readme(id: CapsuleID, name: String) -> String {
        """
        # \(name)

        What this capsule knows, for whom, and how it is meant to be used.

        | folder | holds |
        |---|---|
        | `knowledge/schemas/` | the shape of the data, as JSON Schema |
        | `knowledge/rules/` | decisions as data |
        | `knowledge/workflows/` | steps in their order |
        | `knowledge/embeddings/` | vectors, one JSON object a line |

        The files there are examples: replace them by your own, then

            amx commit \(id) -m "What changed"
            amx release \(id)

        """
    }

    private static let schema = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Ticket",
          "type": "object",
          "required": ["subject", "priority"],
          "properties": {
            "subject": { "type": "string", "minLength": 1 },
            "priority": { "enum": ["low", "normal", "high"] }
          }
        }

        """

    private static let rules = """
        {
          "rules": [
            { "id": "outage-first", "when": { "topic": "outage" }, "then": { "priority": "high" } },
            { "id": "default", "when": {}, "then": { "priority": "normal" } }
          ]
        }

        """

    private static let workflow = """
        {
          "id": "triage",
          "steps": [
            { "id": "classify", "uses": "knowledge/embeddings/topics.jsonl" },
            { "id": "prioritise", "uses": "knowledge/rules/priority.json", "after": ["classify"] }
          ]
        }

        """

    private static let embeddings = """
        {"id": "outage", "text": "The service is down", "vector": [0.91, 0.05, -0.40, 0.12]}
        {"id": "refund", "text": "I want my money back", "vector": [-0.22, 0.88, 0.17, 0.39]}

        """
}
