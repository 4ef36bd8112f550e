import Objects
import Wire

/// Carries the requests of git's smart HTTP for one repository: tokens, redirects, statuses and media types.
///
/// Source: gitprotocol-http(5). Blocking; used by one thread, like the session that it borrows.
final class SmartHTTPConnection {
    /// How many redirects of one discovery are followed.
    private static let redirectLimit = 5

    /// The repository's address as the user named it.
    let named: WebAddress
    /// The repository's address after redirects of the discovery.
    private(set) var address: WebAddress
    private let session: HTTPSession
    let credentials: CredentialSource

    init(session: HTTPSession, credentials: CredentialSource, address: WebAddress) {
        self.session = session
        self.credentials = credentials
        named = address
        self.address = address
    }

    /// Asks what the service offers and streams its advertisement.
    ///
    /// Redirects are followed here and only here, as git does: later requests go where this one ended. A token is never
    /// carried from one origin to another, and https is never left for http.
    func discover(
        _ service: GitService, version: ProtocolVersion, sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var base = named
        for _ in 0...Self.redirectLimit {
            var request = HTTPRequest(
                .get, base.appending("info").appending("refs"), query: "service=\(service.rawValue)",
                headers: [
                    ("Accept", "\(service.advertisementType), application/json;q=0.5, */*;q=0.1"),
                    ("Cache-Control", "no-cache"), ("Pragma", "no-cache"),
                ])
            request.expectsPace = true
            let (response, credential) = try send(request, version: version, sink: sink) { response in
                guard response.mediaType == service.advertisementType else {
                    throw AmxError(
                        .notFound,
                        "cannot use \(base): it answers with \(Self.shown(response.mediaType)), "
                            + "not as a git repository",
                        hint: "check the address; it must name a git server's repository")
                }
            }
            if response.isSuccess {
                address = base
                return
            }
            guard [301, 302, 303, 307, 308].contains(response.status) else {
                throw refusal(of: response, to: request, with: credential)
            }
            base = try redirected(response, from: base, service: service)
        }
        throw AmxError(
            .network, "cannot read \(named): more than \(Self.redirectLimit) redirects",
            hint: "use the address that the redirects lead to")
    }

    /// Sends a question; where it needs a credential that no file has, git's credential helpers are asked for one.
    private func send(
        _ question: HTTPRequest, version: ProtocolVersion, sink: (UnsafeRawBufferPointer) throws -> Void,
        head: (HTTPResponse) throws -> Void
    ) throws -> (HTTPResponse, Credential?) {
        var request = question
        let credential = try prepare(&request, version: version)
        let response = try session.send(request, sink: sink, head: head)
        guard response.status == 401, credential == nil,
            let helped = try credentials.help(for: question.address.origin, of: named)
        else { return (response, credential) }
        request = question
        _ = try prepare(&request, version: version)
        let second = try session.send(request, sink: sink, head: head)
        credentials.judge(helped, for: question.address.origin, isAccepted: second.status != 401)
        return (second, helped)
    }

    /// Sends a request that is in memory and streams the answer.
    ///
    /// With `expectsPace` the answer is ready at once, so a trickle of bytes is a failure.
    func post(
        _ service: GitService, version: ProtocolVersion, body: [UInt8], expectsPace: Bool = false,
        sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var request = postRequest(service)
        request.body = body
        request.expectsPace = expectsPace
        let credential = try prepare(&request, version: version)
        let response = try session.send(request, sink: sink) { try self.checkResult($0, of: service) }
        guard response.isSuccess else { throw refusal(of: response, to: request, with: credential) }
    }

    /// Sends a request while `produce` writes it, then streams the answer.
    func post(
        _ service: GitService, version: ProtocolVersion, from produce: (HTTPUpload) throws -> Void,
        sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var request = postRequest(service)
        let credential = try prepare(&request, version: version)
        let response = try session.upload(request, from: produce, sink: sink) { try self.checkResult($0, of: service) }
        guard response.isSuccess else { throw refusal(of: response, to: request, with: credential) }
    }

    /// Asks another question of the same server, with the credential of the repository's place, which is returned too.
    func get(
        _ request: HTTPRequest, sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> (HTTPResponse, Credential?) {
        try send(request, version: .v0, sink: sink, head: { _ in })
    }

    /// Asks another question, and throws what an answer means that is neither a success nor one of those `expected`.
    func ask(
        _ request: HTTPRequest, expecting expected: Set<Int> = [], sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> HTTPResponse {
        let (response, credential) = try send(request, version: .v0, sink: sink, head: { _ in })
        guard response.isSuccess || expected.contains(response.status) else {
            throw refusal(of: response, to: request, with: credential)
        }
        return response
    }

    /// Bounds how long the server may say nothing in the next answer.
    func newsGuard() -> NewsGuard { NewsGuard(seconds: session.settings.answerTimeout, host: address.origin.host) }

    /// Whether the answer under way has to get somewhere.
    var expectsPace: Bool {
        get { session.expectsPace }
        set { session.expectsPace = newValue }
    }

    private func postRequest(_ service: GitService) -> HTTPRequest {
        HTTPRequest(
            .post, address.appending(service.rawValue),
            headers: [
                ("Content-Type", service.requestType), ("Accept", "\(service.resultType), application/json;q=0.5"),
            ])
    }

    /// Adds what depends on the origin and the protocol version; returns the credential that goes along.
    private func prepare(_ request: inout HTTPRequest, version: ProtocolVersion) throws -> Credential? {
        if let header = version.header { request.headers.append((ProtocolVersion.headerName, header)) }
        let credential = try credentials.credential(for: request.address.origin, of: named)
        if let credential { request.headers.append(("Authorization", credential.authorization)) }
        return credential
    }

    private func checkResult(_ response: HTTPResponse, of service: GitService) throws {
        guard response.mediaType != service.resultType else { return }
        throw AmxError(
            .network,
            "cannot use \(address): it answers with \(Self.shown(response.mediaType)), not \(service.resultType)",
            hint: "check that the address is that of a hub or a git server")
    }

    private func redirected(_ response: HTTPResponse, from base: WebAddress, service: GitService) throws -> WebAddress {
        let location = response.header("location") ?? ""
        func refuse(_ why: String) -> AmxError {
            AmxError(
                .network, "cannot follow a redirect of \(base) to \(WebAddress.masked(location)): \(why)",
                hint: "use the address that the redirects lead to, if you trust it")
        }
        let whole = location.hasPrefix("/") && !location.hasPrefix("//") ? "\(base.origin)\(location)" : location
        // Only a repository that moved as a whole can be followed, or the other requests would have nowhere to go.
        guard
            let path = [whole.droppingSuffix("?service=\(service.rawValue)")].compactMap(\.self).first?
                .droppingSuffix("/info/refs")
        else { throw refuse("it is not the same question to another repository") }
        let target: WebAddress
        do {
            target = try WebAddress(parsing: path)
        } catch {
            throw refuse("it is no valid address")
        }
        guard base.origin.scheme == .http || target.origin.scheme == .https else {
            throw refuse("it leaves encryption")
        }
        return WebAddress(origin: target.origin, path: target.path)
    }

    private static func shown(_ mediaType: String) -> String {
        mediaType.isEmpty ? "no media type" : RemoteText.oneLine(mediaType)
    }
}

extension String {
    /// What stands before a suffix; nil when the text does not end with it.
    fileprivate func droppingSuffix(_ suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }
}
