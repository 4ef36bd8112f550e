import Capsules
import Objects

extension CapsuleHost {
    /// The longest text that is read as an address; the gate says which ones are too long.
    private static let urlBytes = 64 << 10

    func request(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        guard let method = try parameters.choice("method", of: BrokeredRequest.Method.self) else {
            throw .invalid("http.request: the parameter 'method' is missing")
        }
        let url = try parameters.text("url", bytes: 1...Self.urlBytes)
        let headers = try BrokeredRequest.headers(parameters.present("headers"))
        let body = try Self.body(parameters.present("body"))
        guard body == nil || (method != .get && method != .head) else {
            throw .invalid("http.request: a \(method.rawValue) has no body")
        }
        let encoding = try parameters.choice("encoding", of: BrokeredResponse.Encoding.self)
        let response = try http.send(BrokeredRequest(method: method, url: url, headers: headers, body: body))
        return response.json(encoding)
    }

    private static func body(_ value: JSONValue?) throws(HostRefusal) -> [UInt8]? {
        let bytes: [UInt8]
        switch value {
        case nil: return nil
        case .string(let text)?: bytes = Array(text.utf8)
        case .object(let object)?:
            guard object.count == 1, let text = object["base64"]?.string, let decoded = Base64Text.decode(text.utf8)
            else {
                throw .invalid(
                    "http.request: 'body' must be a text, or {\"base64\": \"…\"} with whole groups of digits")
            }
            bytes = decoded
        default: throw .invalid("http.request: 'body' must be a text, or {\"base64\": \"…\"}")
        }
        guard bytes.count <= BrokeredRequest.bodyBytes else {
            throw .tooMuch(
                "http.request: the body has \(bytes.count) bytes, and may have \(BrokeredRequest.bodyBytes)")
        }
        return bytes
    }
}
