import Capsules
import Hummingbird
import Objects
import Versions

/// `GET /api/v1/owners/<owner>/capsules`: what an owner has, read from the refs.
struct CapsuleRoutes: Sendable {
    let accounts: any AccountStore
    let store: RepositoryStore
    let workers: Workers
    let gate: AccessGate

    func routes() -> RouteCollection<HubContext> {
        let routes = RouteCollection(context: HubContext.self)
        routes.get("api/v1/owners/:owner/capsules") { try await list($0, $1) }
        return routes
    }

    private struct Listing: Encodable {
        struct Entry: Encodable {
            let name: String
            let defaultBranch: String?
            let head: String?
            let latestVersion: String?

            /// Every key is always there, with null where there is nothing.
            func encode(to encoder: any Encoder) throws {
                var fields = encoder.container(keyedBy: CodingKeys.self)
                try fields.encode(name, forKey: .name)
                try fields.encode(defaultBranch, forKey: .defaultBranch)
                try fields.encode(head, forKey: .head)
                try fields.encode(latestVersion, forKey: .latestVersion)
            }

            private enum CodingKeys: CodingKey { case name, defaultBranch, head, latestVersion }
        }
        let owner: String
        let capsules: [Entry]
    }

    private func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let owner = try await gate.readableOwner(context, accounts)
        let entries = try await workers.run { [store] in
            try store.addresses(of: owner).map { address in
                let refs = try store.open(address).refs.snapshot()
                return Listing.Entry(
                    name: address.name.string, defaultBranch: refs.head.branch?.branch, head: refs.headID?.hex,
                    latestVersion: Self.latestRelease(refs)?.description)
            }
        }
        return APIResponse.ok(Listing(owner: owner.string, capsules: entries))
    }

    /// The highest release; a pre-release only where there is nothing else.
    private static func latestRelease(_ refs: RefSnapshot) -> SemanticVersion? {
        let versions = refs.tags.compactMap { ref in
            ref.name.tag.flatMap { $0.hasPrefix("v") ? SemanticVersion(String($0.dropFirst())) : nil }
        }
        return versions.filter { !$0.isPrerelease }.max() ?? versions.max()
    }
}
