import Capsules
import Guard

/// What the manifest declares for a capsule, or for one of its components: then both must allow.
struct DeclaredRules: Sendable {
    let capsule: String
    /// Where each stands in the manifest, and what it says.
    private let declared: [(place: String, capabilities: Capabilities)]

    /// Takes the rules of a capsule, or of a component by its id; one that is not there gets nothing.
    init(_ manifest: Manifest, component: String?) {
        capsule = manifest.id.string
        var declared = [(place: "capabilities", capabilities: manifest.capabilities)]
        if let component {
            let found = manifest.components.first { $0.id.utf8.elementsEqual(component.utf8) }
            let own = found.map { $0.capabilities ?? manifest.capabilities } ?? Capabilities()
            declared.append((place: "components.\(component).capabilities", capabilities: own))
        }
        self.declared = declared
    }

    /// Whether all that is declared allows.
    func allow(_ isAllowed: (Capabilities) -> Bool) -> Bool { declared.allSatisfy { isAllowed($0.capabilities) } }

    /// Denies unless all that is declared allows; `entry` is what would have to be added to the member.
    func require(
        _ what: String, member: String, entry: String, _ isAllowed: (Capabilities) -> Bool
    ) throws(HostRefusal) {
        for one in declared where !isAllowed(one.capabilities) {
            throw .denied(
                denial(
                    "\(what) not declared in manifest", rule: "\(one.place).\(member)",
                    remedy: "add \"\(entry)\" to \(one.place).\(member) in manifest.json"))
        }
    }

    /// Makes a denial for the capsule.
    func denial(
        layer: AccessDenial.Layer = .gate, _ reason: String, rule: String, remedy: String
    ) -> AccessDenial {
        AccessDenial(capsule: capsule, layer: layer, check: nil, reason: reason, rule: rule, remedy: remedy)
    }
}
