import Hummingbird
import NIOCore

/// `GET /healthz`: whether the process answers; needs no token and touches no disk.
enum HealthRoutes {
    static let path = "/healthz"

    static func routes() -> RouteCollection<HubContext> {
        let routes = RouteCollection(context: HubContext.self)
        routes.get("healthz") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
        }
        return routes
    }
}
