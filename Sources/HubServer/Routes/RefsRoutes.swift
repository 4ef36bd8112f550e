import Capsules
import HTTPTypes
import Hummingbird
import NIOCore
import Objects

/// `GET /api/v1/owners/<owner>/refs`: all refs of all of an owner's repositories, so that a client with thousands of them
/// learns in one request which have changed, or that none has.
struct RefsRoutes: Sendable {
    let accounts: any AccountStore
    let refs: OwnerRefs
    let workers: Workers
    let gate: AccessGate

    func routes() -> RouteCollection<HubContext> {
        let routes = RouteCollection(context: HubContext.self)
        routes.get("api/v1/owners/:owner/refs") { try await list($0, $1) }
        return routes
    }

    private func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let owner = try await gate.readableOwner(context, accounts)
        let wanted = request.headers[.ifNoneMatch]
        let (tag, body) = try await workers.run { [refs] in
            let answer = try refs.answer(of: owner)
            return (answer.tag, answer.tag.matches(wanted) ? nil : ByteBuffer(bytes: answer.document))
        }
        let headers: HTTPFields = [.eTag: tag.text, .cacheControl: "private, no-cache", .vary: "Authorization"]
        guard let body else { return Response(status: .notModified, headers: headers, body: ResponseBody()) }
        var full = headers
        full[.contentType] = "application/x-ndjson"
        return Response(status: .ok, headers: full, body: ResponseBody(byteBuffer: body))
    }
}
