import HTTPTypes
import Hummingbird
import Logging

/// Writes one line for each request and names the request in its response.
///
/// Neither headers nor query strings are logged, so that no secret is.
struct RequestLogMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: HubContext, next: @concurrent (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        if let field = Self.requestIDField { response.headers[field] = context.requestID }
        let elapsed = start.duration(to: .now)
        let milliseconds = elapsed.components.seconds * 1_000 + elapsed.components.attoseconds / 1_000_000_000_000_000
        context.logger.log(
            level: request.uri.path == HealthRoutes.path ? .debug : .info, "request",
            metadata: [
                "method": .string(request.method.rawValue), "path": .string(request.uri.path),
                "status": .stringConvertible(response.status.code), "ms": .stringConvertible(milliseconds),
            ])
        return response
    }

    private static let requestIDField = HTTPField.Name("X-Request-Id")
}
