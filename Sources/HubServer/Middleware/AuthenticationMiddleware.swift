import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Finds out who asks; credentials that don't work are refused here (401), none at all are left to the route.
struct AuthenticationMiddleware: RouterMiddleware {
    let accounts: any AccountStore
    let uses: TokenUseLog

    func handle(
        _ request: Request, context: HubContext, next: @concurrent (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization] else { return try await next(request, context) }
        let now = Date()
        guard
            let presented = Credentials.token(inHeader: header),
            let secret = TokenSecret(presented: presented),
            let token = try await accounts.validToken(digest: secret.digest, at: now)
        else { throw RequestFailure.unauthenticated(rejected: true) }
        uses.note(token.id, at: now)
        var context = context
        context.principal = .holder(token)
        context.logger[metadataKey: "token"] = .string(token.id)
        return try await next(request, context)
    }
}
