import CCurl
import Objects

/// Owns libcurl's list of header lines for as long as a transfer uses it.
final class HTTPHeaderList {
    /// The list's first node; nil for an empty list.
    let head: UnsafeMutablePointer<curl_slist>?

    /// Builds the lines; an empty value means that libcurl leaves out the header that it would send itself.
    ///
    /// Refuses line breaks and NUL, which would smuggle headers in.
    init(_ headers: [(name: String, value: String)]) throws(AmxError) {
        var head: UnsafeMutablePointer<curl_slist>?
        for (name, value) in headers {
            let line = "\(name):\(value.isEmpty ? "" : " ")\(value)"
            guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                amx_curl_list_free(head)
                throw AmxError(.failure, "cannot send the header \(name): its value has a control character")
            }
            guard let next = amx_curl_list_append(head, line) else {
                amx_curl_list_free(head)
                throw AmxError(.failure, "cannot use the network: libcurl is out of memory")
            }
            head = next
        }
        self.head = head
    }

    deinit { amx_curl_list_free(head) }
}
