/// What a capsule, or one of its components, wants to reach outside of itself (row S-053). What is not listed is denied.
///
/// The entries have been checked for their form alone: what they match, and whether that is allowed, is decided where something is
/// accessed.
package struct Capabilities: Hashable, Sendable {
    /// What may be done with the identities of users; each includes those before it (row S-083).
    package enum Identity: String, Hashable, Sendable, CaseIterable {
        case resolve
        case link
        case admin
    }

    /// Whether it takes messages from outside and brings them to others.
    package var isUplink = false
    /// Whether it may put text into what agents are told.
    package var allowsPromptInjection = false
    /// Hosts of HTTP requests, in lower case: names, which stand for their subdomains too, addresses, or `*`.
    package var net: [String] = []
    /// Other connections out.
    package var netConnect: [NetworkTarget] = []
    /// What may be listened on.
    package var netBind: [String] = []
    /// Parts of the capsule's store; `*` is all of it.
    package var kv: [String] = []
    /// What may be read.
    package var fsRead: [FileGrant] = []
    /// What may be written; that includes no reading (row S-079).
    package var fsWrite: [FileGrant] = []
    /// Programs of the host by their bare names; never a path, never with arguments (row S-080).
    package var hostProcess: [String] = []
    /// Topics that are published, with `*` for a segment.
    package var ipcPublish: [String] = []
    /// Topics that are listened to, with `*` for a segment.
    package var ipcSubscribe: [String] = []
    /// In the manifest's order.
    package var identity: [Identity] = []

    /// Wants nothing.
    package init() {}
}
