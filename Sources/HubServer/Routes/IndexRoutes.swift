import Capsules
import HTTPTypes
import Hummingbird
import NIOCore
import Objects

/// The sparse index: `GET /api/v1/owners/<owner>/capsules/<id>/index.json`, and the same by the id alone.
struct IndexRoutes: Sendable {
    /// How long a cache in front of a public hub answers by itself.
    private static let publicCaching = "public, max-age=5, stale-if-error=86400"

    let indexes: CapsuleIndexes
    let claims: ClaimRegister
    let workers: Workers
    let gate: AccessGate

    func routes() -> RouteCollection<HubContext> {
        let routes = RouteCollection(context: HubContext.self)
        routes.get("api/v1/owners/:owner/capsules/:id/index.json") { try await byAddress($0, $1) }
        routes.get("api/v1/capsules/:id/index.json") { try await byID($0, $1) }
        return routes
    }

    private func byAddress(_ request: Request, _ context: HubContext) async throws -> Response {
        guard let owner = context.parameters.get("owner").flatMap({ try? OwnerName($0) }) else {
            throw RequestFailure.notFound("nothing is at this address")
        }
        let address = CapsuleAddress(owner: owner, name: try Self.id(context))
        try await gate.require(.read, address, context)
        let answer = try await workers.run { [indexes, claims] in
            guard let (answer, isNew) = try Self.answer(of: address, indexes) else {
                throw RequestFailure.noRepository(address)
            }
            if isNew, answer.hasReleases { try claims.see(address) }
            return answer
        }
        return response(answer, to: request)
    }

    private func byID(_ request: Request, _ context: HubContext) async throws -> Response {
        let id = try Self.id(context)
        // Who may read nothing without a token learns nothing from the answer.
        if case .anonymous = context.principal, !gate.policy.publicRead {
            throw RequestFailure.unauthenticated(rejected: false)
        }
        let principal = context.principal
        let answer = try await workers.run { [indexes, claims, gate] in
            guard let owner = try claims.owner(of: id),
                gate.policy.decide(principal, .read, owner: owner) == .allowed,
                let (answer, _) = try Self.answer(of: CapsuleAddress(owner: owner, name: id), indexes),
                answer.hasReleases
            else {
                throw RequestFailure.notFound(
                    "there is no capsule \(id) on this hub that you may see",
                    hint: "check the id and the token; an owner's fork is asked for with the owner's name")
            }
            return answer
        }
        return response(answer, to: request)
    }

    private static func id(_ context: HubContext) throws -> CapsuleID {
        guard let id = context.parameters.get("id").flatMap({ try? CapsuleID($0) }) else {
            throw RequestFailure.notFound("nothing is at this address")
        }
        return id
    }

    /// The index of a repository; nil where there is none.
    private static func answer(
        of address: CapsuleAddress, _ indexes: CapsuleIndexes
    ) throws(AmxError) -> (CapsuleIndexes.Answer, isNew: Bool)? {
        do throws(AmxError) {
            return try indexes.answer(of: address)
        } catch {
            guard error.code == .notFound, !indexes.contains(address) else { throw error }
            return nil
        }
    }

    private func response(_ answer: CapsuleIndexes.Answer, to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: answer.tag.text]
        if gate.policy.publicRead {
            headers[.cacheControl] = Self.publicCaching
        } else {
            headers[.cacheControl] = "private, no-cache"
            headers[.vary] = "Authorization"
        }
        guard !answer.tag.matches(request.headers[.ifNoneMatch]) else {
            return Response(status: .notModified, headers: headers, body: ResponseBody())
        }
        headers[.contentType] = "application/json"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: answer.document))
    }
}
