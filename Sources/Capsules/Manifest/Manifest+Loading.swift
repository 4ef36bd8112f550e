package import Versions

/// What seed 004 orders the loading of capsules by (rows S-025 to S-027), and the uplinks that a registry of loaded capsules
/// lists (row S-031).
///
/// In the blocks that are kept as written, entries of another form than described are passed over.
extension Manifest {
    /// The capabilities that others must have offered before: the texts of `requires`.
    package var requires: [String] { texts(blocks["requires"]) }

    /// The capabilities that the capsule offers to others.
    ///
    /// The texts of `provides` as they stand, if there are any. Else what the capsule declares elsewhere: `topic:` with each
    /// text of `capabilities.ipcPublish` (`ipc_publish` in seed 004), `tool:` with each tool's name, `llm:` with each provider's id, `uplink:` with
    /// each uplink's name. A topic that ends in `.*` so has a segment more than what it answers to, and meets no requirement of that: such
    /// a capsule says what it provides.
    package var effectiveProvides: [String] {
        let stated = texts(blocks["provides"])
        guard stated.isEmpty else { return stated }
        let topics = capabilities.ipcPublish + texts(document["capabilities"]?["ipc_publish"])
        return topics.map { "topic:\($0)" } + tools.map { "tool:\($0.name)" }
            + names(blocks["llmProviders"], "id").map { "llm:\($0)" }
            + names(blocks["uplinks"], "name").map { "uplink:\($0)" }
    }

    /// The capsule as ``Versions/LoadOrder`` takes it.
    package var loadCandidate: LoadCandidate {
        LoadCandidate(name: id.string, provides: effectiveProvides, requires: requires)
    }

    /// The entries of `uplinks` that have a name and a platform, in the manifest's order.
    package var uplinks: [UplinkDeclaration] {
        (blocks["uplinks"]?.array ?? []).compactMap { entry in
            guard let name = entry["name"]?.string, !name.isEmpty, let platform = entry["platform"]?.string,
                !platform.isEmpty
            else { return nil }
            return UplinkDeclaration(
                name: name, platform: platform, profile: entry["profile"]?.string.map(UplinkProfile.init(rawValue:)))
        }
    }

    private func texts(_ value: JSONValue?) -> [String] { value?.array?.compactMap(\.string) ?? [] }

    private func names(_ value: JSONValue?, _ key: String) -> [String] {
        value?.array?.compactMap { $0[key]?.string } ?? []
    }
}
