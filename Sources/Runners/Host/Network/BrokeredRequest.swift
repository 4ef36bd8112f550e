import Capsules
import Guard

/// A request that a capsule wants made, whose form has been checked.
struct BrokeredRequest: Sendable {
    enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
    }

    var method: Method
    var url: String
    var headers: [(name: String, value: String)]
    /// Nil for none.
    var body: [UInt8]?

    static let bodyBytes = 10 << 20
    static let headerCount = 64
    static let headerBytes = 32 << 10

    /// Checks headers.
    static func headers(_ value: JSONValue?) throws(HostRefusal) -> [(name: String, value: String)] {
        guard let value else { return [] }
        guard let members = value.object?.members else { throw .invalid("http.request: 'headers' must be an object") }
        guard members.count <= headerCount else {
            throw .invalid("http.request: there are \(members.count) headers, and may be \(headerCount)")
        }
        var headers: [(name: String, value: String)] = []
        var bytes = 0
        for member in members {
            guard let text = member.value.string else {
                throw .invalid("http.request: the values of headers must be texts")
            }
            bytes += member.key.utf8.count + text.utf8.count
            guard bytes <= headerBytes else {
                throw .invalid("http.request: the headers have more than \(headerBytes) bytes")
            }
            guard isToken(member.key) else {
                throw .invalid("http.request: a name of a header is no token")
            }
            guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
                throw .invalid(
                    "http.request: the value of the header '\(member.key)' has a control character, or one outside of ASCII"
                )
            }
            guard !isReserved(member.key) else {
                throw .invalid("http.request: the header '\(member.key)' is set by the host")
            }
            headers.append((member.key, text))
        }
        return headers
    }

    /// The same as it is repeated where an answer sends to.
    func redirected(from: HTTPTarget, status: Int, to target: HTTPTarget) -> BrokeredRequest {
        var request = self
        request.url = target.text
        let isGetting = method == .get || method == .head
        if (status == 303 && !isGetting) || ((status == 301 || status == 302) && method == .post) {
            request.method = .get
            request.body = nil
            request.headers.removeAll { Self.isOf($0.name, ["content-"], asPrefix: true) }
        }
        let isSameOrigin =
            from.isEncrypted == target.isEncrypted && from.host == target.host && from.port == target.port
        if !isSameOrigin {
            request.headers.removeAll { Self.isOf($0.name, ["authorization", "cookie"]) }
        }
        return request
    }

    /// What HTTP, the connection and proxies need.
    private static func isReserved(_ name: String) -> Bool {
        isOf(
            name,
            [
                "host", "content-length", "connection", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade",
                "expect",
            ]) || isOf(name, ["proxy-"], asPrefix: true)
    }

    private static func isOf(_ name: String, _ names: [String], asPrefix: Bool = false) -> Bool {
        let lowered = name.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return names.contains { asPrefix ? lowered.starts(with: $0.utf8) : lowered.elementsEqual($0.utf8) }
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
