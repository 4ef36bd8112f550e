package import Capsules

/// The gate that a manifest describes: what it does not declare is denied (row S-070).
///
/// Of a component that says what it wants, both the capsule's capabilities and its own must allow.
package struct ManifestGate: Gate {
    /// The most entries of a list of files that count: each is looked at in every check.
    package static let maximumGrants = 1024

    package let capsule: String
    /// All of which must allow.
    let declared: [DeclaredCapabilities]
    /// Whether the manifest leaves the network to its lists.
    let allowsNetwork: Bool
    let resolver: PathResolver
    /// The folder that a path of Amx's own lies in, whichever way it is asked for; none without a workspace.
    let reserved: [CanonicalPath]

    /// Makes the gate of capabilities. The folders that `cwd://` and `home://` stand for are absolute, and opened now;
    /// without one, its entries have no effect (row S-076).
    package init(
        capsule: String, capabilities: Capabilities, allowsNetwork: Bool = true, workspace: String?, home: String?
    ) {
        self.init(
            capsule: capsule, declared: [DeclaredCapabilities(place: "capabilities", capabilities: capabilities)],
            allowsNetwork: allowsNetwork, resolver: PathResolver(workspace: workspace, home: home))
    }

    /// Makes the gate of a capsule, or of one of its components, by its id.
    package init(_ manifest: Manifest, component: String? = nil, workspace: String?, home: String?) {
        var declared = [DeclaredCapabilities(place: "capabilities", capabilities: manifest.capabilities)]
        if let component {
            // A component that is not there gets nothing.
            let found = manifest.components.first { $0.id == component }
            let own = found.map { $0.capabilities ?? manifest.capabilities } ?? Capabilities()
            declared.append(DeclaredCapabilities(place: "components.\(component).capabilities", capabilities: own))
        }
        self.init(
            capsule: manifest.id.string, declared: declared,
            allowsNetwork: manifest.sandbox.networkAccess != false,
            resolver: PathResolver(workspace: workspace, home: home))
    }

    init(capsule: String, declared: [DeclaredCapabilities], allowsNetwork: Bool, resolver: PathResolver) {
        self.capsule = capsule
        self.declared = declared
        self.allowsNetwork = allowsNetwork
        self.resolver = resolver
        reserved = Self.reserved(by: resolver)
    }

    // MARK: Programs, uplinks, identities

    package func checkProcess(_ words: [String]) throws(AccessDenial) {
        let program = Excerpt.of(words.first ?? "")
        guard let first = words.first, !first.isEmpty, !words.contains(where: { $0.utf8.contains(0) }) else {
            throw denial(
                .hostProcess, "host process '\(program)' is no program with arguments", rule: "form of programs",
                remedy: "name the program first, and write no NUL")
        }
        try require(
            .hostProcess, "host process '\(program)'", "hostProcess", entry: Excerpt.of(first)
        ) { capabilities in
            capabilities.hostProcess.contains { entry in
                let entry = entry.utf8.split(separator: UInt8(ascii: " "))
                return !entry.isEmpty && words.count >= entry.count
                    && zip(entry, words).allSatisfy { $0.elementsEqual($1.utf8) }
            }
        }
    }

    /// Checks what is started for a server: a program of the host needs its capability, before it is looked for (row
    /// S-100). What is of the capsule's own runs in the sandbox and needs none.
    package func checkServer(_ server: MCPServer) throws(AccessDenial) {
        guard case .program(let program) = server.command else { return }
        do throws(AccessDenial) {
            try checkProcess([program] + server.arguments)
        } catch {
            throw denial(
                .hostProcess, "Security Check Failed: \(error.reason)", rule: error.rule, remedy: error.remedy)
        }
    }

    package func checkUplink() throws(AccessDenial) {
        for one in declared where !one.capabilities.isUplink {
            throw denial(
                .uplinkRegister, "uplink not declared in manifest", rule: "\(one.place).uplink",
                remedy: "set \(one.place).uplink to true in manifest.json")
        }
    }

    package func checkIdentity(_ operation: IdentityOperation) throws(AccessDenial) {
        let needed = operation.needs
        try require(
            .identity, "identity operation '\(operation.rawValue)'", "identity", entry: needed.rawValue
        ) { capabilities in
            capabilities.identity.contains { $0.includes(needed) }
        }
    }

    /// Denies unless all that is declared allows.
    func require(
        _ check: GateCheck, _ what: String, _ member: String, entry: String,
        allows: (Capabilities) throws(AccessDenial) -> Bool
    ) throws(AccessDenial) {
        for one in declared where try !allows(one.capabilities) {
            throw denial(
                check, "\(what) not declared in manifest", rule: "\(one.place).\(member)",
                remedy: "add \"\(entry)\" to \(one.place).\(member) in manifest.json")
        }
    }
}
