package import Capsules
import Synchronization

/// Counts the requests of one run: as many as were granted, not one more (row U-004). Safe to share between threads.
package final class NetworkAllowance: Sendable {
    package let capsule: String
    /// The most requests; nil where nothing says.
    package let limit: Int?
    private let allowsNetwork: Bool
    private let count = Mutex(0)

    /// Takes the least of the limits that are set; 0 is none. `networkAccess` that is false allows none, whatever the
    /// limit is.
    package init(capsule: String, limits: [Int?], networkAccess: Bool? = nil) {
        self.capsule = capsule
        limit = limits.compactMap { $0 }.min()
        allowsNetwork = networkAccess != false
    }

    /// What a manifest asks for, and no more than a ceiling where there is one.
    package convenience init(_ manifest: Manifest, ceiling: Int? = nil) {
        self.init(
            capsule: manifest.id.string, limits: [manifest.sandbox.resourceLimits.maxNetworkCalls, ceiling],
            networkAccess: manifest.sandbox.networkAccess)
    }

    /// How many requests were made.
    package var used: Int { count.withLock { $0 } }

    /// Takes a request, before it is made; one that then fails counts, too, and one that is denied does not.
    package func take() throws(AccessDenial) {
        guard allowsNetwork else {
            throw AccessDenial(
                capsule: capsule, layer: .gate, check: .http,
                reason: "network access while the manifest has no network", rule: "sandbox.networkAccess",
                remedy: "set sandbox.networkAccess to true in manifest.json, or leave it out")
        }
        let isLeft = count.withLock { count in
            if let limit, count >= limit { return false }
            count += 1
            return true
        }
        guard !isLeft else { return }
        throw AccessDenial(
            capsule: capsule, layer: .quota, check: .http,
            reason: "network call \((limit ?? 0) + 1) of a run that may make \(limit ?? 0)",
            rule: "sandbox.resourceLimits.maxNetworkCalls",
            remedy: "raise sandbox.resourceLimits.maxNetworkCalls in manifest.json, and the ceiling of whoever runs it")
    }
}
