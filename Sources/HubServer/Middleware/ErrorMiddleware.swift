import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Objects

/// Turns whatever a route throws into a response whose body says what failed and what to do.
///
/// Git's own addresses answer in plain text, which git shows to its user, unless the client accepts JSON; everything else
/// answers `{"error":{"code","message","hint","details","request_id"}}`. Failures that are the hub's own fault are logged with
/// their cause and answered without it, and never with a path of its data (``HubFailure``).
struct ErrorMiddleware: RouterMiddleware {
    let hub: HubFailure

    func handle(
        _ request: Request, context: HubContext, next: @concurrent (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as CancellationError {
            throw error
        } catch {
            return Self.response(to: request, failure: failure(for: error, context), context)
        }
    }

    private func failure(for error: any Error, _ context: HubContext) -> RequestFailure {
        switch error {
        case let failure as RequestFailure:
            return failure
        case let error as HTTPError where error.status == .notFound:
            return .notFound("nothing is at this address")
        case let error as HTTPError where error.status.kind == .clientError:
            return RequestFailure(
                status: error.status, error: AmxError(.usage, "bad request: \(error.status.reasonPhrase)"))
        case let error as AmxError:
            let told = hub.told(error, context.logger, for: .reading)
            if let status = Self.status(of: told.code) { return RequestFailure(status: status, error: told) }
            if !hub.isOwn(error) { Self.log(error, context) }
            return RequestFailure(
                status: .internalServerError, error: AmxError(.failure, told.message, hint: told.hint))
        default:
            Self.log(error, context)
            return RequestFailure(
                status: .internalServerError,
                error: AmxError(
                    .failure, "\(HubFailure.mark): the hub failed to answer",
                    hint: "give the request id to whoever runs the hub"))
        }
    }

    private static func status(of code: AmxError.Code) -> HTTPResponse.Status? {
        switch code {
        case .usage: .badRequest
        case .notFound: .notFound
        case .authentication: .forbidden
        case .conflict: .conflict
        case .denied: .forbidden
        case .failure, .verification, .network, .interrupted: nil
        }
    }

    private static func log(_ error: any Error, _ context: HubContext) {
        var metadata: Logger.Metadata = ["reason": "\(error)"]
        if let cause = (error as? AmxError)?.cause { metadata["cause"] = "\(cause)" }
        context.logger.error("request failed", metadata: metadata)
    }

    private static func response(
        to request: Request, failure: RequestFailure, _ context: HubContext
    ) -> Response {
        var headers = failure.headers
        headers[.cacheControl] = "no-store"
        let buffer: ByteBuffer
        if GitHTTP.isGitPath(request.uri.path), request.headers[.accept]?.contains("application/json") != true {
            headers[.contentType] = "text/plain; charset=utf-8"
            let hint = failure.error.hint.map { "hint: \($0)\n" } ?? ""
            buffer = ByteBuffer(string: "\(failure.error.message)\n\(hint)")
        } else {
            headers[.contentType] = "application/json"
            buffer = APIResponse.encode(
                ErrorBody(
                    error: ErrorBody.Detail(
                        code: failure.error.code.name, message: failure.error.message, hint: failure.error.hint,
                        requestID: context.requestID)))
        }
        guard mayBeLarge(request) else {
            return Response(status: failure.status, headers: headers, body: ResponseBody(byteBuffer: buffer))
        }
        // What remains of a large body is not read: after the answer the connection is closed, by an error.
        headers[.connection] = "close"
        return Response(
            status: failure.status, headers: headers,
            body: ResponseBody(contentLength: buffer.readableBytes) { writer in
                try await writer.write(buffer)
                try await writer.finish(nil)
                throw CancellationError()
            })
    }

    private static func mayBeLarge(_ request: Request) -> Bool {
        if request.headers[.transferEncoding] != nil { return true }
        return request.headers[.contentLength].flatMap { Int($0) }.map { $0 > 64 << 10 } ?? false
    }

    private struct ErrorBody: Encodable {
        struct Detail: Encodable {
            let code: String
            let message: String
            let hint: String?
            /// No error of today has details; the key is there so that a client finds it.
            let details: [String: String] = [:]
            let requestID: String

            enum CodingKeys: String, CodingKey {
                case code, message, hint, details
                case requestID = "request_id"
            }
        }
        let error: Detail
    }
}
