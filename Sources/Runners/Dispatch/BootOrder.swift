package import Capsules
package import Objects
import Versions

/// In which order capsules are loaded when Amx starts (rows S-019, S-108): uplinks first, in the order of their ids,
/// then the others, who provides something before who requires it.
package struct BootOrder: Sendable {
    /// A capsule that was found, with its manifest or why it has none that counts.
    package struct Found: Sendable {
        /// What it is called where it is told about.
        package let name: String
        package let manifest: Result<Manifest, AmxError>

        package init(name: String, manifest: Result<Manifest, AmxError>) {
            (self.name, self.manifest) = (name, manifest)
        }
    }

    /// What is loaded, in that order.
    package let manifests: [Manifest]
    /// What is wrong with the others, and what somebody requires and nobody provides.
    package let warnings: [String]

    /// Orders what was found. Those without a manifest are left out, and of several with an id all but the first. If
    /// capsules wait for each other, all but the uplinks are loaded in the order given.
    package init(_ found: [Found]) {
        var (all, warnings): ([Manifest], [String]) = ([], [])
        var ids: Set<CapsuleID> = []
        for capsule in found {
            switch capsule.manifest {
            case .success(let manifest) where ids.insert(manifest.id).inserted: all.append(manifest)
            case .success(let manifest):
                warnings.append("\(capsule.name) is not loaded: another capsule has the id \(manifest.id)")
            case .failure(let error): warnings.append("\(capsule.name) is not loaded: \(error.message)")
            }
        }
        let uplinks = all.filter(\.capabilities.isUplink).sorted { $0.id < $1.id }
        let others = all.filter { !$0.capabilities.isUplink }
        all = uplinks + others
        do throws(LoadCycle) {
            let order = try LoadOrder(all.map(\.loadCandidate))
            warnings += order.unmet.map { "\($0.name) requires \($0.requirement), which nobody provides" }
            // Uplinks require nothing, so the others are in order without them too.
            manifests = uplinks + order.indices.filter { $0 >= uplinks.count }.map { all[$0] }
        } catch {
            warnings.append("\(error); they are loaded in the order in which they were found")
            manifests = all
        }
        self.warnings = warnings
    }
}
