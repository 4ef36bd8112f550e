/// An address under which a capsule answers requests.
package struct Endpoint: Hashable, Sendable {
    package enum Method: String, Hashable, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
    }

    /// Starts with `/`.
    package let path: String
    package let method: Method
    /// What answers: a script's path, or a name in the capsule's code.
    package let handler: String
    package let description: String
}
