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
        /// A workspace: it has no releases.
        struct WorkspaceEntry: Encodable {
            let name: String
            let defaultBranch: String?
            let head: String?

            func encode(to encoder: any Encoder) throws {
                var fields = encoder.container(keyedBy: CodingKeys.self)
                try fields.encode(name, forKey: .name)
                try fields.encode(defaultBranch, forKey: .defaultBranch)
                try fields.encode(head, forKey: .head)
            }

            private enum CodingKeys: CodingKey { case name, defaultBranch, head }
        }
        let owner: String
        var capsules: [Entry] = []
        var workspaces: [WorkspaceEntry] = []
    }

    private func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let owner = try await gate.readableOwner(context, accounts)
        let listing = try await workers.run { [store] in
            var listing = Listing(owner: owner.string)
            for address in try store.addresses(of: owner) {
                do throws(AmxError) {
                    try Self.add(address, store.open(address), to: &listing)
                } catch {
                    listing.capsules.append(
                        Listing.Entry(name: address.name.string, defaultBranch: nil, head: nil, latestVersion: nil))
                }
            }
            return listing
        }
        return APIResponse.ok(listing)
    }

    private static func add(
        _ address: CapsuleAddress, _ repository: Repository, to listing: inout Listing
    ) throws(AmxError) {
        let refs = try repository.refs.snapshot()
        let (branch, head) = (refs.head.branch?.branch, refs.headID?.hex)
        if try isWorkspace(repository, refs) {
            listing.workspaces.append(
                Listing.WorkspaceEntry(name: address.name.string, defaultBranch: branch, head: head))
        } else {
            listing.capsules.append(
                Listing.Entry(
                    name: address.name.string, defaultBranch: branch, head: head,
                    latestVersion: latestRelease(refs)?.description))
        }
    }

    /// A repository with a release is a capsule's; else any branch tells.
    private static func isWorkspace(_ repository: Repository, _ refs: RefSnapshot) throws(AmxError) -> Bool {
        guard refs.tags.isEmpty, let branch = refs.branches.first else { return false }
        return try repository.kind(ofCommit: branch.id) == .workspace
    }

    /// The highest release; a pre-release only where there is nothing else.
    private static func latestRelease(_ refs: RefSnapshot) -> SemanticVersion? {
        let versions = refs.tags.compactMap { ref in
            ref.name.tag.flatMap { $0.hasPrefix("v") ? SemanticVersion(String($0.dropFirst())) : nil }
        }
        return versions.filter { !$0.isPrerelease }.max() ?? versions.max()
    }
}
