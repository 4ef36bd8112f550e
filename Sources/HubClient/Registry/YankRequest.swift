package import Capsules
package import Objects
package import Versions
import Wire

/// Asks a hub to withdraw a release, or to take that back.
package struct YankRequest {
    /// How the release stands after it.
    package struct Outcome: Sendable, Hashable {
        /// Whether anything has changed.
        package let changed: Bool
        /// Since when and why it is yanked; nil when it is not.
        package let yank: Yank?
    }

    private let query: IndexQuery
    private let version: SemanticVersion
    private let address: WebAddress

    /// Prepares for a release of a capsule in a place; `.failure` for one that is no hub's by its address.
    package init(_ id: CapsuleID, _ version: SemanticVersion, at place: RemoteURL) throws(AmxError) {
        guard let query = IndexQuery(id, at: place), let owner = query.owner else {
            throw Self.unknown(id, version, "\(place)")
        }
        self.query = query
        self.version = version
        address = query.hub.appending("api/v1/owners/\(owner)/capsules/\(id)/releases/\(version.text)/yank")
    }

    /// Withdraws the release.
    package func yank(
        reason: String?, session: HTTPSession, credentials: CredentialSource
    ) throws -> Outcome {
        if let reason, !Yank.isReason(reason) {
            throw AmxError(
                .usage,
                "cannot yank \(query.subject) \(version): the reason is not one line of at most \(Yank.reasonBytes) bytes",
                hint: "say it in a sentence")
        }
        let body: JSONValue = reason.map { ["reason": .string($0)] } ?? [:]
        let headers = [("Content-Type", "application/json"), ("Accept", "application/json")]
        return try send(
            HTTPRequest(.put, address, headers: headers, body: JSONWriter.bytes(body)), session, credentials)
    }

    /// Takes back that the release was withdrawn.
    package func undo(session: HTTPSession, credentials: CredentialSource) throws -> Outcome {
        try send(HTTPRequest(.delete, address, headers: [("Accept", "application/json")]), session, credentials)
    }

    private func send(
        _ request: HTTPRequest, _ session: HTTPSession, _ credentials: CredentialSource
    ) throws -> Outcome {
        let connection = SmartHTTPConnection(session: session, credentials: credentials, address: query.place)
        var body: [UInt8] = []
        let response = try connection.ask(request, expecting: [301, 302, 303, 307, 308, 404, 405, 410, 501]) { bytes in
            guard body.count + bytes.count <= 1 << 16 else {
                throw AmxError(.network, "cannot use \(address): its answer is too large")
            }
            body += bytes
        }
        if response.status == 404, let hub = HubError(response), hub.code == .notFound {
            throw AmxError(
                .notFound, "cannot yank \(query.subject) \(version): \(hub.message)", hint: hub.hint)
        }
        guard response.status == 200, response.mediaType == "application/json",
            let answer = try? JSONParser.parse(body), let changed = answer["changed"]?.bool,
            let isYanked = answer["yanked"]?.bool
        else { throw Self.unknown(query.id, version, "\(query.hub)") }
        let time = answer["yankedAt"]?.string.flatMap { text in
            UTCTime.seconds(of: text.filter { !"-T:".contains($0) })
        }
        let reason = answer["reason"]?.string.map { RemoteText.oneLine($0) }
        return Outcome(changed: changed, yank: isYanked ? Yank(time: time ?? 0, reason: reason) : nil)
    }

    private static func unknown(_ id: CapsuleID, _ version: SemanticVersion, _ place: String) -> AmxError {
        AmxError(
            .failure,
            "cannot yank \(id) \(version): \(place) is not a hub, and only hubs keep which releases are yanked",
            hint:
                "name a remote that is a hub's owner, such as https://hub.example/acme; elsewhere, release a higher version"
        )
    }
}
