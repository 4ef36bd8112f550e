import Capsules
import Objects
import Wire

extension SmartHTTPConnection {
    /// Says what an answer other than a success means to a user.
    func refusal(of response: HTTPResponse, to request: HTTPRequest, with credential: Credential?) -> AmxError {
        let origin = request.address.origin
        let login = credentials.loginAddress(for: origin, of: named)
        let hub = HubError(response)
        let words = hub?.message ?? Self.words(of: response)
        let said = words.isEmpty ? "" : ": \(words)"
        // A hub tells a policy's refusal from a token without the right by its own code.
        if let hub, hub.code == .denied { return AmxError(.denied, "cannot use \(named)\(said)", hint: hub.hint) }
        // What is wrong with a repository stays wrong, other than the hub's own trouble (`docs/protocol.md`, section 3).
        if response.status == 500, let hub, hub.code == .failure, !hub.message.hasPrefix("internal error") {
            return AmxError(.failure, "cannot use \(named)\(said)", hint: hub.hint)
        }
        switch response.status {
        case 401 where !origin.maySendSecrets:
            return AmxError(
                .authentication, "cannot use \(named): it asks for a token, which is not sent over plain HTTP",
                hint: "use the https address of \(origin.host)", cause: PlaceFailure())
        case 401 where credential == nil:
            return AmxError(
                .authentication, "cannot use \(named): \(origin) asks for a token", hint: "run `amx login \(origin)`",
                cause: PlaceFailure())
        case 401:
            return AmxError(
                .authentication, "cannot use \(named): \(origin) refused the token\(said)",
                hint: "run `amx login \(login)` with a valid token", cause: PlaceFailure())
        case 403:
            return AmxError(
                .authentication, "cannot use \(named): \(origin) does not allow it\(said)",
                hint: (hub?.hint.map { "\($0); then " } ?? "")
                    + "run `amx login \(login)` with a token that has the right")
        case 404:
            // A hub says the whole of it.
            return missing(
                hub == nil ? ": there is no such repository, or none that you may see\(said)" : said, in: request,
                credential)
        case 300..<400:
            return AmxError(
                .network, "cannot use \(named): \(origin) answers with a redirect (\(response.status))",
                hint: "use the address that the repository moved to")
        case 409:
            return AmxError(.conflict, "cannot use \(named)\(said)", hint: hub?.hint)
        case 413:
            return AmxError(
                .failure, "cannot use \(named): the request is larger than \(origin) takes\(said)",
                hint: "push less at a time, or raise the server's limit")
        case 429, 503:
            return AmxError(
                .network, "cannot use \(named): \(origin) is busy (\(response.status))\(said)",
                hint: "run the command again later", cause: PlaceFailure())
        default:
            return AmxError(
                .network, "cannot use \(named): \(origin) answers with status \(response.status)\(said)",
                hint: hub?.hint)
        }
    }

    /// No such repository: what can be done depends on what was wanted of it.
    private func missing(_ said: String, in request: HTTPRequest, _ credential: Credential?) -> AmxError {
        let what = "cannot find \(named)\(said)"
        let origin = request.address.origin
        var login = ""
        if credential == nil, origin.maySendSecrets {
            login = "; if it is private, run `amx login \(origin)`"
        } else if credential != nil, let owner = named.ownerText {
            login = "; if your token is for another owner, run `amx login \(owner)` with one for this"
        }
        guard request.query?.hasSuffix(GitService.receivePack.rawValue) == true else {
            return AmxError(
                .notFound, what,
                hint: "check the address: host, owner and name; `git ls-remote URL` asks it the same\(login)")
        }
        return AmxError(
            .notFound, what, hint: "make an empty repository of that name on the server, then push again\(login)")
    }

    /// The server's own words: the first line of a text, cut at 200 characters; nothing of a web page.
    private static func words(of response: HTTPResponse) -> String {
        guard response.mediaType == "text/plain" else { return "" }
        let line = response.errorBody.prefix { $0 != UInt8(ascii: "\n") }
        return String(RemoteText.oneLine(String(decoding: line, as: UTF8.self)).prefix(200))
    }
}
