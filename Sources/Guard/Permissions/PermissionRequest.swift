package import Capsules

/// What is to be done with a resource, and what is known of who asks.
package struct PermissionRequest: Hashable, Sendable {
    package let resource: String
    package let actions: [String]
    /// The fields that conditions test, by their whole names: `user.role` is one name, not a way into `user`.
    package let context: JSONObject

    package init(resource: String, actions: [String], context: JSONObject = [:]) {
        self.resource = resource
        self.actions = actions
        self.context = context
    }
}
