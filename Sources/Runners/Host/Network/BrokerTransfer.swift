import CCurl
import Guard
import Objects

/// One exchange with a server by libcurl, over a connection of its own to an address that was chosen before.
///
/// Nothing of the environment has a part in it: no proxy, no stored password, no cookie. Redirections are not followed.
/// Used once.
final class BrokerTransfer {
    /// The most bytes of an answer's body, and of its headers.
    static let bodyLimit = 10 << 20
    static let headerLimit = 256 << 10

    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var response = BrokeredResponse(status: 0, url: "", headers: [], body: [])
    private var headerBytes = 0
    private var passedLimit: String?

    /// Loads libcurl, if it is not, and makes ready.
    init() throws(HostRefusal) {
        if let failure = amx_curl_load() {
            throw .failed("http.request: \(String(cString: failure))")
        }
        guard let easy = amx_curl_easy_init() else { throw .failed("http.request: libcurl is out of memory") }
        guard let multi = amx_curl_multi_init() else {
            amx_curl_easy_cleanup(easy)
            throw .failed("http.request: libcurl is out of memory")
        }
        (self.easy, self.multi) = (easy, multi)
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        PipeSignal.withholding {
            _ = amx_curl_multi_remove(multi, easy)
            amx_curl_easy_cleanup(easy)
            amx_curl_multi_cleanup(multi)
        }
        for list in lists { amx_curl_list_free(list) }
        errorText.deallocate()
    }

    /// Sends a request to a place whose name stands for these addresses, and waits for the whole answer until a moment
    /// of the monotonic clock in nanoseconds; also gives where the answer sends to.
    func send(
        _ request: BrokeredRequest, to target: HTTPTarget, at addresses: [IPAddress], until deadline: Int64,
        certificates: String?
    ) throws(HostRefusal) -> (response: BrokeredResponse, redirection: String?) {
        response.url = target.text
        let code = configure(request, target, addresses, deadline, certificates)
        guard code == CURLE_OK else { throw failure(code, target) }
        guard amx_curl_multi_add(multi, easy) == CURLM_OK else {
            throw .failed("http.request: libcurl cannot start the request")
        }
        while true {
            var running: Int32 = 0
            let code = PipeSignal.withholding { amx_curl_multi_perform(multi, &running) }
            guard code == CURLM_OK else { throw .failed("cannot reach '\(target.host)': libcurl cannot go on") }
            var result = CURLE_OK
            if amx_curl_multi_result(multi, easy, &result) {
                if let passedLimit {
                    throw .tooMuch("http.request: the answer of '\(target.host)' has more than \(passedLimit)")
                }
                guard result == CURLE_OK else { throw self.failure(result, target) }
                return (response, amx_curl_redirection(easy).map { String(cString: $0) })
            }
            let left = deadline - MonotonicClock.nanoseconds()
            guard left > 0 else { throw failure(CURLE_OPERATION_TIMEDOUT, target) }
            guard !Interruption.hasHappened else { throw .failed("http.request: interrupted") }
            _ = amx_curl_multi_poll(multi, Int32(min(left / 1_000_000 + 1, 100)))
        }
    }

    private func failure(_ code: CURLcode, _ target: HTTPTarget) -> HostRefusal {
        if code == CURLE_OPERATION_TIMEDOUT { return .failed("'\(target.host)' did not answer in time") }
        let detail = errorText[0] == 0 ? String(cString: amx_curl_text(code)) : String(cString: errorText)
        return .failed("cannot reach '\(target.host)': \(TreeRules.printable(detail.utf8))")
    }

    private func configure(
        _ request: BrokeredRequest, _ target: HTTPTarget, _ addresses: [IPAddress], _ deadline: Int64,
        _ certificates: String?
    ) -> CURLcode {
        var failed = CURLE_OK
        func note(_ code: CURLcode) { if failed == CURLE_OK { failed = code } }
        func set(_ option: CURLoption, _ value: Int) { note(amx_curl_set_long(easy, option, value)) }
        func set(_ option: CURLoption, _ value: String) { note(amx_curl_set_string(easy, option, value)) }
        func set(_ option: CURLoption, lines: [String]) {
            var list: UnsafeMutablePointer<curl_slist>?
            for line in lines {
                guard let next = amx_curl_list_append(list, line) else { return note(CURLE_OUT_OF_MEMORY) }
                if list == nil { lists.append(next) }
                list = next
            }
            note(amx_curl_set_list(easy, option, list))
        }
        note(amx_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText)))
        set(CURLOPT_URL, target.text)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_FRESH_CONNECT, 1)
        set(CURLOPT_FORBID_REUSE, 1)
        // An empty proxy is none, whatever the environment says.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let certificates { set(CURLOPT_CAINFO, certificates) }
        let milliseconds = Int(clamping: max(1, (deadline - MonotonicClock.nanoseconds()) / 1_000_000))
        set(CURLOPT_TIMEOUT_MS, milliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        set(CURLOPT_USERAGENT, "amx")
        if case .name(let name) = target.host {
            // libcurl asks nobody for a name that it was told.
            let written = addresses.map { address in
                if case .v4 = address { "\(address)" } else { "[\(address)]" }
            }
            set(CURLOPT_RESOLVE, lines: ["\(name):\(target.port):\(written.joined(separator: ","))"])
        }
        set(CURLOPT_HTTPHEADER, lines: Self.lines(request.headers))
        note(setMethod(request))
        let context = Unmanaged.passUnretained(self).toOpaque()
        note(amx_curl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        note(amx_curl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, Self.bodyCallback))
        note(amx_curl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        note(amx_curl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, Self.headerCallback))
        return failed
    }

    /// Sets what to do, and the body.
    private func setMethod(_ request: BrokeredRequest) -> CURLcode {
        switch request.method {
        case .get: return amx_curl_set_long(easy, CURLOPT_HTTPGET, 1)
        case .head: return amx_curl_set_long(easy, CURLOPT_NOBODY, 1)
        case .post, .put, .patch, .delete, .options:
            var codes = [amx_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)]
            if request.body != nil || [.post, .put, .patch].contains(request.method) {
                let body = request.body ?? []
                codes.append(amx_curl_set_long(easy, CURLOPT_POST, 1))
                codes.append(amx_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
                body.withUnsafeBytes { bytes in
                    // libcurl copies the bytes now; an empty body needs some address all the same.
                    let start = bytes.baseAddress ?? UnsafeRawPointer(errorText)
                    codes.append(
                        amx_curl_set_pointer(
                            easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start)))
                }
            }
            return codes.first { $0 != CURLE_OK } ?? CURLE_OK
        }
    }

    /// The lines of headers, with those that libcurl would add by itself taken out.
    private static func lines(_ headers: [(name: String, value: String)]) -> [String] {
        var lines = headers.map { name, value in
            // A value of nothing would take the header out.
            value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? "\(name);" : "\(name): \(value)"
        }
        if !headers.contains(where: { $0.name.lowercased() == "content-type" }) { lines.append("Content-Type:") }
        lines.append("Expect:")
        return lines
    }

    // MARK: Callbacks

    // The context of each is a transfer that is on its own stack while libcurl works.

    private static let bodyCallback: amx_curl_data_callback = { data, size, count, context in
        guard let data, let context else { return 0 }
        let transfer = Unmanaged<BrokerTransfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.received(UnsafeRawBufferPointer(start: data, count: size &* count))
    }

    private static let headerCallback: amx_curl_data_callback = { data, size, count, context in
        guard let data, let context else { return 0 }
        let transfer = Unmanaged<BrokerTransfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.header(UnsafeRawBufferPointer(start: data, count: size &* count))
    }

    private func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard response.body.count + bytes.count <= Self.bodyLimit else {
            passedLimit = "\(Self.bodyLimit) bytes"
            return 0
        }
        response.body.append(contentsOf: bytes)
        return bytes.count
    }

    /// Takes one line; an interim answer is replaced by the one that follows it.
    private func header(_ line: UnsafeRawBufferPointer) -> Int {
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else {
            passedLimit = "\(Self.headerLimit) bytes of headers"
            return 0
        }
        // What comes behind a body says nothing that is used.
        guard response.body.isEmpty else { return line.count }
        var text = Array(line)
        while let last = text.last, last == 0x0D || last == 0x0A { text.removeLast() }
        if text.starts(with: "HTTP/".utf8) {
            let words = text.split(separator: UInt8(ascii: " "))
            response.status = words.dropFirst().first.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
            response.headers = []
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let name = text[..<colon].map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
            var value = text[(colon + 1)...]
            while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
            while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
            response.headers.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return line.count
    }
}
