/// One request of an `HTTPSession`.
package struct HTTPRequest: Sendable {
    /// The methods that Amx uses.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// The method.
    package var method: Method
    /// Where to; its user's name is not sent.
    package var address: WebAddress
    /// What follows the path after `?`, already percent-encoded.
    package var query: String?
    /// Names and values beside the ones that HTTP itself needs; neither may hold a line break.
    package var headers: [(name: String, value: String)]
    /// The body of a `POST` that is not streamed, or of a `PUT`.
    package var body: [UInt8]

    /// Whether the answer is ready at once, so that a trickle of bytes is a failure.
    package var expectsPace = false

    /// Makes a request.
    package init(
        _ method: Method, _ address: WebAddress, query: String? = nil, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.address = address
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The whole address as it is requested.
    package var url: String { query.map { "\(address.text)?\($0)" } ?? address.text }
}
