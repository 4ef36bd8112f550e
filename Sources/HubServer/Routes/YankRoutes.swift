import Capsules
import HTTPTypes
import Hummingbird
import Logging
import Objects
import Versions

/// `PUT` and `DELETE /api/v1/owners/<owner>/capsules/<id>/releases/<version>/yank`.
struct YankRoutes: Sendable {
    private static let bodyBytes = 16 << 10

    let backend: GitBackend
    let gate: AccessGate

    func routes() -> RouteCollection<HubContext> {
        let routes = RouteCollection(context: HubContext.self)
        let path: RouterPath = "api/v1/owners/:owner/capsules/:id/releases/:version/yank"
        routes.put(path) { request, context in
            let address = try await permitted(context)
            return try await answer(.yank(reason: Self.reason(of: request)), address, context)
        }
        routes.delete(path) { _, context in try await answer(.undo, permitted(context), context) }
        return routes
    }

    private struct Result: Encodable {
        let id: String
        let owner: String
        let version: String
        let changed: Bool
        let yank: Yank?

        /// Every key is always there, with null where there is nothing.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(id, forKey: .id)
            try fields.encode(owner, forKey: .owner)
            try fields.encode(version, forKey: .version)
            try fields.encode(changed, forKey: .changed)
            try fields.encode(yank != nil, forKey: .yanked)
            try fields.encode(yank?.reason, forKey: .reason)
            try fields.encode(yank.map { UTCTime.text($0.time) }, forKey: .yankedAt)
        }

        private enum CodingKeys: CodingKey { case id, owner, version, changed, yanked, reason, yankedAt }
    }

    private func permitted(_ context: HubContext) async throws -> CapsuleAddress {
        guard let owner = context.parameters.get("owner"), let name = context.parameters.get("id"),
            !name.hasSuffix(".git"), let address = CapsuleAddress(ownerSegment: owner[...], nameSegment: name[...])
        else { throw RequestFailure.notFound("nothing is at this address") }
        try await gate.require(.write, address, context)
        return address
    }

    private func answer(
        _ change: ReleaseYanks.Change, _ address: CapsuleAddress, _ context: HubContext
    ) async throws -> Response {
        let text = context.parameters.get("version") ?? ""
        guard let version = SemanticVersion(text) else {
            throw RequestFailure.malformed(
                "bad request: '\(TreeRules.printable(text.utf8))' is no version",
                hint: "write it in full and without v, such as 1.2.0")
        }
        let owner = context.principal.owner ?? address.owner
        let (yank, changed) = try await backend.quick.run { [backend] in
            try ReleaseYanks(backend).apply(change, to: version, of: address, by: owner)
        }
        if changed {
            context.logger.info(
                yank == nil ? "yank undone" : "yanked",
                metadata: ["repository": "\(address)", "version": .string(version.text)])
        }
        return APIResponse.ok(
            Result(
                id: address.name.string, owner: address.owner.string, version: version.text, changed: changed,
                yank: yank))
    }

    /// The reason of a `PUT`; nil where its body is empty or says none.
    private static func reason(of request: Request) async throws -> String? {
        var bytes: [UInt8] = []
        try await RequestBytes(request, limit: bodyBytes).forEach { bytes += $0.readableBytesView }
        guard !bytes.isEmpty else { return nil }
        let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == "application/json" else {
            throw RequestFailure.unsupportedMediaType("bad request: its content type is not application/json")
        }
        let value: JSONValue
        do { value = try JSONParser.parse(bytes, maximumDepth: 8) } catch {
            throw RequestFailure.malformed("bad request: its body is not valid JSON: \(error.reason)")
        }
        guard let object = value.object else {
            throw RequestFailure.malformed("bad request: its body is not an object such as {\"reason\":\"...\"}")
        }
        switch object["reason"] {
        case nil, .null?: return nil
        case .string(let reason)? where Yank.isReason(reason): return reason
        default:
            throw RequestFailure.malformed(
                "bad request: the reason is not one line of at most \(Yank.reasonBytes) bytes",
                hint: "say it in a sentence")
        }
    }
}
