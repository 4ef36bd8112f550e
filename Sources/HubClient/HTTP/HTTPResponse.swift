/// The answer to an `HTTPRequest`, without the body that was streamed away.
package struct HTTPResponse: Sendable {
    /// The three-digit status.
    package internal(set) var status = 0
    /// Header names in lower case with their values, in order.
    package internal(set) var headers: [(name: String, value: String)] = []
    /// The start of the body of an answer that is not a success, at most 64 KiB; empty for a success.
    package internal(set) var errorBody: [UInt8] = []

    /// Whether the status is 2xx.
    package var isSuccess: Bool { 200..<300 ~= status }

    /// The first header of a name (in lower case).
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The media type in lower case without parameters, empty when there is none.
    package var mediaType: String {
        let value = header("content-type") ?? ""
        let type = value.prefix { $0 != ";" }
        return type.trimmingBlanks().lowercased()
    }
}

extension Substring {
    /// The text without blanks and tabs at both ends.
    func trimmingBlanks() -> Substring {
        var text = self
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text.removeLast() }
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text.removeFirst() }
        return text
    }
}
