import Capsules
import Objects
import Wire

/// Asks a hub for the references of all of an owner's repositories, or whether any has changed.
package struct OwnerRefsRequest {
    private static let limit = 256 << 20
    private static let mediaType = "application/x-ndjson"
    private let connection: SmartHTTPConnection
    private let address: WebAddress
    private let cache: OwnerRefsCache?

    /// Prepares; nil for a place that is no hub's owner by its address. `cacheFolder` is a workspace's.
    init?(session: HTTPSession, credentials: CredentialSource, place: WebAddress, cacheFolder: String?) {
        guard let slash = place.path.lastIndex(of: "/"),
            let owner = try? OwnerName(String(place.path[place.path.index(after: slash)...]))
        else { return nil }
        connection = SmartHTTPConnection(session: session, credentials: credentials, address: place)
        let base = WebAddress(origin: place.origin, path: String(place.path[..<slash]), user: place.user)
        address = base.appending("api/v1/owners/\(owner.string)/refs")
        cache = cacheFolder.map { OwnerRefsCache(folder: $0, place: place.text) }
    }

    /// Asks; nil when the server has no such answer, so that each repository has to be asked.
    ///
    /// Throws only what would fail for every repository there as well; where no repository will be asked (`isOnlySource`), whatever
    /// went wrong, and a hub's refusal.
    package func run(isOnlySource: Bool = false) throws -> OwnerRefs? {
        let kept = cache?.read()
        var request = HTTPRequest(.get, address, headers: [("Accept", Self.mediaType)])
        request.expectsPace = true
        if let kept { request.headers.append(("If-None-Match", kept.tag)) }
        var body: [UInt8] = []
        let (response, credential): (HTTPResponse, Credential?)
        do {
            (response, credential) = try connection.get(request) { bytes in
                // An answer without an end is not read for ever.
                guard body.count + bytes.count <= Self.limit else {
                    throw AmxError(.network, "the answer has more than \(Self.limit) bytes")
                }
                body += bytes
            }
        } catch let error as AmxError where error.code != .interrupted && !error.concernsPlace && !isOnlySource {
            return nil
        }
        // Of a refusal that no hub has signed, only that of a credential says something: other servers have no such question.
        if isOnlySource, [401, 403].contains(response.status) || (!response.isSuccess && HubError(response) != nil) {
            throw connection.refusal(of: response, to: request, with: credential)
        }
        if response.status == 304, let kept { return OwnerRefs(known: kept.body, digest: kept.digest) }
        guard response.status == 200, response.mediaType == Self.mediaType,
            let refs = OwnerRefs(parsing: body)
        else { return nil }
        if let tag = response.header("etag") { cache?.write(tag: tag, body) }
        return refs
    }
}
