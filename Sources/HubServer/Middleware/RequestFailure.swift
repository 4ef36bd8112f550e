import HTTPTypes
import Objects

/// A failure that knows its HTTP status; the error inside is what the client reads.
struct RequestFailure: Error {
    let status: HTTPResponse.Status
    let error: AmxError
    var headers: HTTPFields = [:]

    /// 400: the request itself is malformed.
    static func malformed(_ message: String, hint: String? = nil) -> RequestFailure {
        RequestFailure(status: .badRequest, error: AmxError(.usage, message, hint: hint))
    }

    /// 401: credentials are needed (`rejected` false), or those presented don't work.
    static func unauthenticated(rejected: Bool) -> RequestFailure {
        let bearer = rejected ? "Bearer realm=\"Amx\", error=\"invalid_token\"" : "Bearer realm=\"Amx\""
        var headers = HTTPFields()
        headers.append(HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"Amx\", charset=\"UTF-8\""))
        headers.append(HTTPField(name: .wwwAuthenticate, value: bearer))
        let error = AmxError(
            .authentication,
            rejected ? "access refused: the token is unknown, expired or revoked" : "access refused: a token is needed",
            hint: "give a token of this hub as the password, with any user name, or run `amx login`")
        return RequestFailure(status: .unauthorized, error: error, headers: headers)
    }

    /// 403: visible, but the token has not this right.
    static func forbidden(_ message: String, hint: String?) -> RequestFailure {
        RequestFailure(status: .forbidden, error: AmxError(.authentication, message, hint: hint))
    }

    /// 404, also for what the client may not know of.
    static func notFound(_ message: String, hint: String? = nil) -> RequestFailure {
        RequestFailure(status: .notFound, error: AmxError(.notFound, message, hint: hint))
    }

    /// 404 for a repository: the same words whether it is missing or may not be seen.
    static func noRepository(_ address: CapsuleAddress) -> RequestFailure {
        .notFound(
            "there is no repository \(address) on this hub that you may see",
            hint: "check the address and the token; the first push makes a repository")
    }

    /// 408: the client sends too slowly.
    static let tooSlow = RequestFailure(
        status: .requestTimeout, error: AmxError(.network, "request given up: its body arrived too slowly"))

    /// 413: the body is larger than the named limit.
    static func tooLarge(_ message: String) -> RequestFailure {
        RequestFailure(status: .contentTooLarge, error: AmxError(.failure, message))
    }

    /// 415: not the content type or encoding that this address takes.
    static func unsupportedMediaType(_ message: String) -> RequestFailure {
        RequestFailure(status: .unsupportedMediaType, error: AmxError(.usage, message))
    }

    /// 503: as much work of this kind as the hub takes is under way.
    static let busy = RequestFailure(
        status: .serviceUnavailable,
        error: AmxError(.network, "the hub is busy: too many transfers are under way", hint: "try again in a moment"),
        headers: [.retryAfter: "5"])
}
