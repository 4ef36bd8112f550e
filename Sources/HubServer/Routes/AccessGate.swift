import Capsules
import Hummingbird
import Objects

/// Lets a request pass to an owner's repositories, or throws what it gets instead.
struct AccessGate: Sendable {
    let policy: AccessPolicy
    let store: RepositoryStore
    let workers: Workers

    /// Throws 401, 403 or 404 unless the holder may read the owner's repositories.
    private func requireReading(_ owner: OwnerName, _ context: HubContext) throws {
        switch policy.decide(context.principal, .read, owner: owner) {
        case .allowed: return
        case .unauthenticated: throw RequestFailure.unauthenticated(rejected: false)
        case .hidden, .forbidden: throw Self.noOwner(owner)
        }
    }

    private static func noOwner(_ owner: OwnerName) -> RequestFailure {
        .notFound("there is no owner \(owner) on this hub that you may see")
    }

    /// The owner that a route's `:owner` names; throws 401 or 404 unless there is such an owner and the holder may read it.
    func readableOwner(_ context: HubContext, _ accounts: any AccountStore) async throws -> OwnerName {
        guard let owner = context.parameters.get("owner").flatMap({ try? OwnerName($0) }) else {
            throw RequestFailure.notFound("nothing is at this address")
        }
        try requireReading(owner, context)
        guard try await accounts.hasOwner(owner) else { throw Self.noOwner(owner) }
        return owner
    }

    /// Throws 401, 403 or 404 unless the holder may do this to a repository, which need not exist.
    func require(_ right: AccessRights, _ address: CapsuleAddress, _ context: HubContext) async throws {
        switch policy.decide(context.principal, right, owner: address.owner) {
        case .allowed: return
        case .unauthenticated: throw RequestFailure.unauthenticated(rejected: false)
        case .hidden: throw RequestFailure.noRepository(address)
        case .forbidden:
            // Only what is there can be seen; of its own owner, a token may know that nothing is there.
            let isOwn = context.principal.owner == address.owner
            if !isOwn, try await !workers.run({ [store] in store.contains(address) }) {
                throw RequestFailure.noRepository(address)
            }
            throw RequestFailure.forbidden(
                "access to \(address) refused: the token has not the right \(right.names.last ?? "write")",
                hint: "whoever runs the hub makes a token that has it: "
                    + "`amx-hub token create --owner \(address.owner) --rights read,write`")
        }
    }
}
