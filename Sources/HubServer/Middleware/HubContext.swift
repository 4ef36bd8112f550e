import Hummingbird
import Logging
import NIOCore

/// What travels with a request through the middleware to its route.
struct HubContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection, to end it when a client stalls.
    let channel: any Channel
    /// The name of this request in the log, in the `X-Request-Id` header and in error bodies.
    let requestID: String
    /// Who asks; set by ``AuthenticationMiddleware``.
    var principal = Principal.anonymous

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        requestID = source.logger[metadataKey: Self.frameworkKey].map { "\($0)" } ?? "-"
        logger[metadataKey: Self.frameworkKey] = nil
        logger[metadataKey: "request_id"] = .string(requestID)
    }

    private static let frameworkKey = "hb.request.id"
}
