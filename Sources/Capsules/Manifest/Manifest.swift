package import Versions

/// What `manifest.json` says of a capsule, checked.
///
/// Fields are seed 000's `CapsuleManifest` (rows ). Only `id`, `name` and `version` are required; what else
/// is left out has an empty value here and stands in ``missingForRelease``. Blocks of seeds 001 to 004 that code runs by are
/// typed (rows S-051 to S-055, U-002, U-003); those that no feature types yet are kept as they were written. `docs/manifest.md` describes every field for users.
package struct Manifest: Sendable {
    /// The name of the file at a capsule's root.
    package static let fileName = "manifest.json"
    /// The longest version, in bytes: as a tag it is also a file's name in other git tools.
    package static let versionBytes = 200

    package let id: CapsuleID
    package let name: String
    package let version: SemanticVersion
    package let description: String
    package let author: Developer?
    package let license: String

    /// The Amx versions that the capsule works with; nil for any.
    package let aimatrixVersion: VersionConstraint?
    package let nodeVersion: VersionConstraint?
    package let pythonVersion: VersionConstraint?
    /// The versions of the capsule that this one may directly take the place of; nil for all.
    package let updatesFrom: VersionConstraint?

    /// Of all kinds, in the order of the manifest's lists.
    package let dependencies: [Dependency]

    package let resources: ResourceRequirements
    package let permissions: [Permission]
    package let endpoints: [Endpoint]
    package let eventHandlers: [EventHandler]
    package let interceptors: [Interceptor]
    package let knowledgeAssets: KnowledgeAssets
    package let hooks: LifecycleHooks

    /// What the capsule says of itself; nil where it says nothing. The level that counts may be higher.
    package let securityLevel: SecurityLevel?
    package let capabilities: Capabilities
    package let sandbox: SandboxSettings
    package let runtime: RuntimeSettings
    package let components: [Component]
    package let mcpServers: [MCPServer]
    package let tools: [ToolDeclaration]
    /// In the manifest's order.
    package let environment: [EnvironmentVariable]
    package let skills: [SkillDeclaration]
    package let contextFiles: [ContextFile]
    package let commands: [CommandDeclaration]

    package let tags: [String]
    package let category: String
    package let documentation: String
    package let changelog: String

    /// The optional blocks that are kept as written, and unknown members.
    package let blocks: JSONObject
    /// The files that the typed blocks name, with their places.
    let namedFiles: [NamedFile]
    /// The names of seed 000's required members that the manifest leaves out, which a release warns of.
    package let missingForRelease: [String]
    /// What deserves a look although the manifest is valid.
    package private(set) var warnings: [ManifestDiagnostic]
    /// The whole document as written.
    package let document: JSONObject

    /// The same manifest with more that deserves a look.
    func adding(warnings more: [ManifestDiagnostic]) -> Manifest {
        var manifest = self
        manifest.warnings += more
        return manifest
    }

    /// The dependencies of one kind.
    package func dependencies(_ kind: Dependency.Kind) -> [Dependency] { dependencies.filter { $0.kind == kind } }

    /// The name of the release's tag, `v` and the version as written.
    package var tagName: String { "v\(version.text)" }
}

extension Manifest {
    /// The members that ``Manifest`` types, with whether seed 000 requires them.
    static let typedMembers: [(name: String, isRequiredBySeed: Bool)] = [
        ("id", true), ("name", true), ("version", true), ("description", true), ("author", true), ("license", true),
        ("aimatrixVersion", true), ("nodeVersion", false), ("pythonVersion", false), ("updatesFrom", false),
        ("dependencies", true),
        ("peerDependencies", false), ("optionalDependencies", false), ("devDependencies", false), ("resources", true),
        ("permissions", true), ("endpoints", true), ("eventHandlers", true), ("knowledgeAssets", true), ("hooks", true),
        ("tags", true), ("category", true), ("documentation", true), ("changelog", true),
        ("securityLevel", false), ("capabilities", false), ("sandbox", false), ("runtime", false),
        ("components", false), ("mcpServers", false), ("tools", false), ("env", false), ("skills", false),
        ("contextFiles", false), ("commands", false), ("interceptors", false),
    ]

    static let typedNames = Set(typedMembers.map(\.name))

    /// All members that need no warning.
    static let knownMembers = verbatimMembers.union(typedNames)

    /// The members that are known and kept as written, without a warning.
    static let verbatimMembers: Set<String> = [
        "$schema", "cron", "exports", "imports", "keywords", "knowledgeUnit", "llmProviders",
        "provides", "requires", "topics", "uplinks", "workflows",
    ]
}
