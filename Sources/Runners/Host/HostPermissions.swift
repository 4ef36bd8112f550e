package import Capsules
import Guard
import Objects

/// What the manifest's grants say of Amx's own resources, for one run (`docs/permissions.md`, "Resources of Amx").
///
/// A resource that no grant names is left to the other layers; of one that is named, only what is granted is allowed.
/// Safe to share between threads.
package struct HostPermissions: Sendable {
    /// Something of Amx's own that grants can name.
    enum Resource: String, CaseIterable {
        /// The capsule's files: `read`, with the field `path`.
        case knowledge
        /// The capsule's store: `read`, `write`, `delete` with `key`, and `list` with `prefix`.
        case storage
        /// Requests: their methods, with `url` and `host`.
        case network
        /// Events: `emit`, with `topic`.
        case events
    }

    private let check: PermissionCheck
    private let held: Set<Resource>
    private let caller: JSONObject

    /// Takes the grants of a manifest; `caller` are the fields that all requests have.
    package init(_ manifest: Manifest, caller: JSONObject = JSONObject()) {
        check = PermissionCheck(capsule: manifest.id.string, granted: manifest.permissions)
        held = Set(
            Resource.allCases.filter { resource in
                manifest.permissions.contains { $0.resource.utf8.elementsEqual(resource.rawValue.utf8) }
            })
        self.caller = caller
    }

    /// Denies an action on a resource that is named by grants none of which allows it.
    func require(_ action: String, on resource: Resource, _ fields: JSONObject) throws(HostRefusal) {
        guard held.contains(resource) else { return }
        // What is known of the request itself counts before what is known of the caller.
        let context = JSONObject(caller.members.map { ($0.key, $0.value) } + fields.members.map { ($0.key, $0.value) })
        do throws(AccessDenial) {
            try check.check(PermissionRequest(resource: resource.rawValue, actions: [action], context: context))
        } catch {
            throw .denied(error)
        }
    }
}
