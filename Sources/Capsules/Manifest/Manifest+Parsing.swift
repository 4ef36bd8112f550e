package import Objects

extension Manifest {
    /// Reads a manifest and checks all of it.
    ///
    /// Problems are collected: the error names the first and how many more there are, and its
    /// ``Objects/AmxError/manifestDiagnostics`` are all of them, each with its place. Warnings alone do not fail. `file` is how messages
    /// name the file; the size and the depth are bounded by `limits`.
    package static func parse(
        _ bytes: [UInt8], file: String = Manifest.fileName, limits: Limits = .standard
    ) throws(AmxError) -> Manifest {
        guard bytes.count <= limits.manifestBytes else {
            throw limits.passed(.manifestBytes, "\(file) has \(bytes.count) bytes")
        }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes, maximumDepth: limits.jsonDepth)
        } catch {
            throw ManifestProblems(diagnostics: [ManifestDiagnostic(error, in: file)]).error(in: file)
        }
        var reader = ManifestReader()
        let draft = reader.manifest(value)
        let diagnostics = reader.findings.map { ManifestDiagnostic($0, in: file, bytes: bytes) }
        guard let manifest = draft?(diagnostics), !reader.hasErrors else {
            throw ManifestProblems(diagnostics: diagnostics).error(in: file)
        }
        return manifest
    }
}

extension ManifestReader {
    /// Reads the whole document. What comes back makes the manifest once the warnings have their places; it is nil where the
    /// manifest lacks its identity, which is then among the findings.
    mutating func manifest(_ value: JSONValue) -> (([ManifestDiagnostic]) -> Manifest)? {
        let root = Node(value: value, path: .root)
        guard let document = value.object else {
            report(
                root, expected: "an object",
                advice: "write it as {\"id\": \"…\", \"name\": \"…\", \"version\": \"1.0.0\"}")
            return nil
        }
        // Few of the members that are asked for are there, so no dictionary is made of those that are.
        func field(_ key: String) -> Node? { document[key].map { Node(value: $0, path: root.path.key(key)) } }
        require(
            "id", as: field("id"), of: .root, expected: "a capsule id",
            advice: "add \"id\": the name of the capsule's directory")
        require(
            "name", as: field("name"), of: .root, expected: "a name for people", advice: "add \"name\": \"…\"")
        require(
            "version", as: field("version"), of: .root, expected: "a version", advice: "add \"version\": \"0.1.0\"")
        warnOfUnknown(document)

        let id = id(field("id"))
        let name = text(field("name"), allowEmpty: false, maximum: 256)
        let version = version(field("version"))
        let description = text(field("description"), multiline: true)
        let author = developer(field("author"))
        let license = text(field("license"), maximum: 1024)
        let aimatrixVersion = constraint(field("aimatrixVersion"))
        let nodeVersion = constraint(field("nodeVersion"))
        let pythonVersion = constraint(field("pythonVersion"))
        let updatesFrom = constraint(field("updatesFrom"))
        var allDependencies: [Dependency] = []
        for kind in Dependency.Kind.allCases { allDependencies += dependencies(field(kind.rawValue), kind, of: id) }
        let dependencies = allDependencies
        let resources = resources(field("resources"))
        let permissions = permissions(field("permissions"))
        let endpoints = endpoints(field("endpoints"))
        let eventHandlers = eventHandlers(field("eventHandlers"))
        let interceptors = interceptors(field("interceptors"))
        let knowledgeAssets = knowledgeAssets(field("knowledgeAssets"))
        let hooks = hooks(field("hooks"))
        let securityLevel: SecurityLevel? = choice(field("securityLevel"))
        let capabilities = capabilities(field("capabilities")) ?? Capabilities()
        checkUplink(capabilities, requires: field("requires"))
        let sandbox = sandbox(field("sandbox"))
        let declared = Declared(components: field("components"), servers: field("mcpServers"))
        let runtime = runtime(field("runtime"), declared)
        let components = components(field("components"))
        let mcpServers = mcpServers(field("mcpServers"), capabilities)
        let tools = tools(field("tools"), declared, runtime)
        let environment = environmentVariables(field("env"))
        let skills = skills(field("skills"))
        let contextFiles = contextFiles(field("contextFiles"))
        let commands = commands(field("commands"))
        let tags = texts(field("tags"))
        let category = text(field("category"))
        let documentation = text(field("documentation"), multiline: true)
        let changelog = text(field("changelog"), multiline: true)

        let missing = Manifest.typedMembers.filter { $0.isRequiredBySeed && !document.contains($0.name) }.map(\.name)
        let namedFiles = namedFiles
        guard let id, let name, let version else { return nil }
        return { warnings in
            Manifest(
                id: id, name: name, version: version, description: description ?? "", author: author,
                license: license ?? "", aimatrixVersion: aimatrixVersion, nodeVersion: nodeVersion,
                pythonVersion: pythonVersion, updatesFrom: updatesFrom, dependencies: dependencies,
                resources: resources,
                permissions: permissions, endpoints: endpoints, eventHandlers: eventHandlers,
                interceptors: interceptors, knowledgeAssets: knowledgeAssets, hooks: hooks, securityLevel: securityLevel,
                capabilities: capabilities, sandbox: sandbox, runtime: runtime, components: components,
                mcpServers: mcpServers, tools: tools, environment: environment, skills: skills,
                contextFiles: contextFiles, commands: commands, tags: tags, category: category ?? "",
                documentation: documentation ?? "", changelog: changelog ?? "",
                blocks: JSONObject(distinct: document.members.filter { !Manifest.typedNames.contains($0.key) }),
                namedFiles: namedFiles, missingForRelease: missing, warnings: warnings, document: document)
        }
    }

    private mutating func warnOfUnknown(_ document: JSONObject) {
        for key in document.keys where !Manifest.knownMembers.contains(key) {
            report(
                .warning, at: JSONPath.root.key(key), atKey: true, expected: "a member that Amx knows",
                found: "\"\(Self.excerpt(key))\"", advice: "check the spelling; the member is kept as it is")
        }
    }
}

extension ManifestDiagnostic {
    /// Looks up where a finding stands.
    init(_ finding: ManifestReader.Finding, in file: String, bytes: [UInt8]) {
        let place = JSONParser.place(of: finding.path, in: bytes, atKey: finding.atKey)
        self.init(
            severity: finding.severity, file: file, path: finding.path.description, line: place.line,
            column: place.column, expected: finding.expected, found: finding.found, advice: finding.advice)
    }

    /// Tells of text that is no JSON.
    init(_ error: JSONError, in file: String) {
        self.init(
            severity: .error, file: file, path: JSONPath.root.description, line: error.line, column: error.column,
            expected: "valid JSON", found: error.reason, advice: error.hint)
    }
}
