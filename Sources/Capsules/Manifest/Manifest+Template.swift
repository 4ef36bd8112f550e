extension Manifest {
    /// The manifest of a new capsule: every field of seed 000, filled so that it is valid and says what belongs there.
    ///
    /// The knowledge assets are patterns over `knowledge/`, so that files can be added without touching the manifest.
    package static func template(id: CapsuleID, name: String, author: Developer) -> JSONValue {
        var developer: JSONObject = ["name": .string(author.name)]
        developer["email"] = author.email.map(JSONValue.string)
        developer["url"] = author.url.map(JSONValue.string)
        return [
            "id": .string(id.string),
            "name": .string(name),
            "version": "0.1.0",
            "description": "What this capsule knows and does, in a sentence or two.",
            "author": .object(developer),
            "license": "UNLICENSED",
            "aimatrixVersion": ">=0.1.0",
            "nodeVersion": ">=18.0.0",
            "pythonVersion": ">=3.9.0",
            "dependencies": [:],
            "peerDependencies": [:],
            "resources": [
                "memory": ["min": "64MB", "recommended": "128MB", "max": "256MB"],
                "cpu": ["min": 0.1, "recommended": 0.5],
                "storage": ["persistent": "10MB", "temporary": "50MB"],
                "network": ["outbound": [], "inbound": []],
            ],
            "permissions": [["resource": "knowledge", "actions": ["read"], "conditions": []]],
            "endpoints": [],
            "eventHandlers": [],
            "knowledgeAssets": [
                "schemas": ["knowledge/schemas/**"],
                "rules": ["knowledge/rules/**"],
                "workflows": ["knowledge/workflows/**"],
                "embeddings": ["knowledge/embeddings/**"],
            ],
            "hooks": [:],
            "tags": [],
            "category": "general",
            "documentation": "README.md",
            "changelog": "CHANGELOG.md",
        ]
    }
}
