import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Objects
import Wire

/// Git's smart HTTP below `/<owner>/<name>.git` and `/<owner>/<name>`.
///
/// Source: gitprotocol-http(5). The dumb protocol is not served.
struct GitRoutes: Sendable {
    let backend: GitBackend
    let gate: AccessGate

    func routes() -> RouteCollection<HubContext> {
        let routes = RouteCollection(context: HubContext.self)
        routes.get(":owner/:name/info/refs") { try await advertise($0, $1) }
        routes.post(":owner/:name/git-upload-pack") { try await fetch($0, $1) }
        routes.post(":owner/:name/git-receive-pack") { try await push($0, $1) }
        return routes
    }

    private func advertise(_ request: Request, _ context: HubContext) async throws -> Response {
        let address = try address(context)
        guard let service = request.uri.queryParameters["service"].flatMap({ GitService(rawValue: String($0)) }) else {
            throw RequestFailure.notFound(
                "nothing is at this address: the hub speaks git's smart HTTP only", hint: "use git 1.6.6 or newer")
        }
        try await gate.require(service == .uploadPack ? .read : .write, address, context)
        let version = Self.version(of: request)
        let principal = context.principal
        let bytes = try await backend.quick.run { [backend] in
            switch service {
            case .uploadPack:
                guard backend.store.contains(address) else { throw RequestFailure.noRepository(address) }
                return try UploadPack(backend.store.open(address)).advertisement(backend.upload, version: version)
            case .receivePack:
                let kept = backend.keptPushes.offer(address, to: principal)
                guard backend.store.contains(address) else {
                    return backend.receive.advertisement(RefAdvertisement(), version: version, kept: kept)
                }
                let refs = try backend.store.open(address).refs.snapshot()
                return backend.receive.advertisement(refs.pushAdvertisement, version: version, kept: kept)
            }
        }
        return Response(
            status: .ok, headers: GitHTTP.headers(contentType: service.advertisementType),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func fetch(_ request: Request, _ context: HubContext) async throws -> Response {
        let address = try address(context)
        try await gate.require(.read, address, context)
        try Self.requireType(of: request, .uploadPack)
        let headers = GitHTTP.headers(contentType: GitService.uploadPack.resultType)
        let limits = WireLimits(backend.limits)
        var reader = UploadPackReader(version: Self.version(of: request), features: backend.upload, limits: limits)
        let command: ServerCommand?
        var refusal: AmxError?
        // What follows an error is read all the same and dropped, so that the client gets to read the answer.
        try await RequestBytes(request, limit: limits.requestBytes + 1).forEach { bytes in
            guard refusal == nil else { return }
            do { try reader.append(bytes.readableBytesView) } catch let error as AmxError { refusal = error }
        }
        do {
            if let refusal { throw refusal }
            command = try reader.finish()
        } catch let error as AmxError {
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: PacketWriter.refusal(error))))
        }
        guard let command else { return Response(status: .ok, headers: headers, body: ResponseBody()) }
        let pipe = OutboundPipe()
        let logger = context.logger
        try backend.transfers.start { [backend] in
            guard backend.store.contains(address) else { return pipe.fail(RequestFailure.noRepository(address)) }
            let stream = AnswerStream(pipe, backend.failure, logger)
            do throws(AmxError) {
                UploadPack(try backend.store.open(address)).answer(command, to: stream)
            } catch {
                stream.fail(error)
            }
        } cancelled: {
            pipe.fail(RequestFailure.busy)
        }
        return try await StreamedAnswer(pipe, headers: headers, channel: context.channel).response()
    }

    private func push(_ request: Request, _ context: HubContext) async throws -> Response {
        let address = try address(context)
        try await gate.require(.write, address, context)
        try Self.requireType(of: request, .receivePack)
        // A pack over its limit is refused by the receiver, with a report; what is sent beyond is dropped up to here.
        let body = try RequestBytes(
            request, limit: backend.limits.packBytes.multipliedReportingOverflow(by: 2).partialValue)
        let input = InboundPipe()
        let output = OutboundPipe()
        let answer = StreamedAnswer(
            output, headers: GitHTTP.headers(contentType: GitService.receivePack.resultType), channel: context.channel)
        let principal = context.principal
        try backend.transfers.start { [backend] in
            ReceivePack(address, by: principal, hub: backend, logger: context.logger).run(from: input, to: output)
        } cancelled: {
            input.close()
            output.fail(RequestFailure.busy)
        }
        do {
            try await body.forEach { _ = await input.send($0) }
        } catch {
            input.finish(error)
            // Wait until the quarantine is gone.
            _ = try? await answer.response()
            throw error
        }
        input.finish()
        return try await answer.response()
    }

    private func address(_ context: HubContext) throws -> CapsuleAddress {
        guard
            let owner = context.parameters.get("owner"), let name = context.parameters.get("name"),
            let address = CapsuleAddress(ownerSegment: owner[...], nameSegment: name[...])
        else { throw RequestFailure.notFound("nothing is at this address") }
        return address
    }

    private static func requireType(of request: Request, _ service: GitService) throws {
        guard request.headers[.contentType] == service.requestType else {
            throw RequestFailure.unsupportedMediaType(
                "bad request: its content type is not \(service.requestType)")
        }
    }

    private static func version(of request: Request) -> ProtocolVersion {
        guard let name = HTTPField.Name(ProtocolVersion.headerName) else { return .v0 }
        return ProtocolVersion(header: request.headers[name])
    }
}
