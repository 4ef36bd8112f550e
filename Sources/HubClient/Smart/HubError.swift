import Capsules
import Objects
import Wire

/// The error that a hub's answer carries: `{"error":{"code","message","hint",...}}` (`docs/protocol.md`).
struct HubError {
    /// The hub's own word for the kind of failure; nil for one that this version doesn't know.
    let code: AmxError.Code?
    /// What failed and why, in one line free of control characters.
    let message: String
    /// What to do about it, in the same form.
    let hint: String?

    /// Reads the body of an answer that is not a success; nil when it holds no such error.
    init?(_ response: HTTPResponse) {
        guard response.mediaType == "application/json", let body = try? JSONParser.parse(response.errorBody),
            let error = body["error"], let message = error["message"]?.string
        else { return nil }
        let name = error["code"]?.string
        code = AmxError.Code.allCases.first { $0.name == name }
        self.message = Self.line(message)
        hint = error["hint"]?.string.map(Self.line)
    }

    private static func line(_ text: String) -> String { String(RemoteText.oneLine(text).prefix(500)) }
}
