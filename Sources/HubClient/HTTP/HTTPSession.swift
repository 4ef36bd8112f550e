import CCurl
import Glibc
package import Objects

/// Speaks HTTP/1.1 through libcurl, one request at a time, keeping connections open between requests.
///
/// Every call blocks its thread until the answer is complete; a session is used by one thread. Certificates are always
/// verified, redirects are never followed here, and proxies come from the environment as curl reads it. libcurl is loaded
/// when the first session is made.
package final class HTTPSession {
    let settings: Settings
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    // The transfer under way, if any.
    private var exchange = HTTPExchange()
    private var outcome: CURLcode?
    private var answeredEarly = false
    private var list: HTTPHeaderList?
    // A streamed body that is still small enough to be sent at once.
    private var held: (request: HTTPRequest, body: [UInt8])?
    private static let heldLimit = 1 << 20
    private var lastMove = ContinuousClock.now
    private var pace: PaceGuard?
    private var url = ""
    private var host = ""

    /// Loads libcurl and makes a session without a connection.
    package init(settings: Settings = Settings()) throws(AmxError) {
        if let failure = amx_curl_load() {
            throw AmxError(
                .failure, "cannot use the network: \(String(cString: failure))", hint: "install the package libcurl4")
        }
        guard let easy = amx_curl_easy_init() else {
            throw AmxError(.failure, "cannot use the network: libcurl is out of memory")
        }
        guard let multi = amx_curl_multi_init() else {
            amx_curl_easy_cleanup(easy)
            throw AmxError(.failure, "cannot use the network: libcurl is out of memory")
        }
        self.settings = settings
        self.easy = easy
        self.multi = multi
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        // Ending a TLS connection writes to it.
        PipeSignal.withholding {
            amx_curl_easy_cleanup(easy)
            amx_curl_multi_cleanup(multi)
        }
        errorText.deallocate()
    }

    /// Sends a request whose body, if any, is in memory.
    ///
    /// - Parameters:
    ///   - sink: takes the body of a success as it arrives; while it works, the sender waits.
    ///   - head: sees status and headers of a success before its first byte, to refuse it by throwing.
    /// - Returns: status and headers; for anything but a success also the start of the body.
    /// - Throws: `.network` when there is no complete answer, or what `head` or `sink` throw.
    package func send(
        _ request: HTTPRequest, sink: (UnsafeRawBufferPointer) throws -> Void = { _ in },
        head: (HTTPResponse) throws -> Void = { _ in }
    ) throws -> HTTPResponse {
        try begin(request, body: request.body)
        defer { end() }
        return try receive(sink: sink, head: head)
    }

    /// Sends a request whose body `produce` writes while it is sent.
    ///
    /// A body of at most 1 MiB is sent at once with its length, as every server takes it; a larger one is chunked. What
    /// `produce` throws ends the transfer so that the server sees it cut off, or never starts it, and is rethrown.
    package func upload(
        _ request: HTTPRequest, from produce: (HTTPUpload) throws -> Void,
        sink: (UnsafeRawBufferPointer) throws -> Void = { _ in }, head: (HTTPResponse) throws -> Void = { _ in }
    ) throws -> HTTPResponse {
        held = (request, [])
        answeredEarly = false
        defer {
            held = nil
            end()
        }
        do {
            try produce(HTTPUpload(session: self))
        } catch {
            // An answer before the end of the body stops the producer: the answer says why.
            guard answeredEarly else { throw error }
        }
        if let (request, body) = held {
            held = nil
            try begin(request, body: body)
        }
        exchange.uploadDone = true
        exchange.incomingLimit = HTTPExchange.highWater
        lastMove = .now
        return try receive(sink: sink, head: head)
    }

    // MARK: The transfer

    /// Hands bytes of a streamed body to libcurl and drives it until they are taken.
    func push(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        guard !bytes.isEmpty else { return }
        guard let (request, body) = held else { return try drain(bytes) }
        guard body.count + bytes.count > Self.heldLimit else {
            held?.body.append(contentsOf: bytes)
            return
        }
        held = nil
        try begin(request, body: nil)
        let failure: AmxError? = body.withUnsafeBytes { start in
            do throws(AmxError) { try drain(start) } catch { return error }
            return nil
        }
        if let failure { throw failure }
        try drain(bytes)
    }

    private func drain(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        exchange.offer(bytes)
        lastMove = .now
        while !exchange.uploadDrained {
            guard outcome == nil else {
                try checkOutcome()
                answeredEarly = true
                throw AmxError(
                    .network, "cannot finish \(url): \(host) answered before the end of the request",
                    hint: "try again; if it stays so, ask who runs the server")
            }
            guard !exchange.downloadPaused else {
                throw AmxError(
                    .network, "cannot finish \(url): \(host) answers without reading the request",
                    hint: "try again; if it stays so, ask who runs the server")
            }
            try step()
        }
    }

    private func receive(
        sink: (UnsafeRawBufferPointer) throws -> Void, head: (HTTPResponse) throws -> Void
    ) throws -> HTTPResponse {
        var headSeen = false
        while true {
            if outcome == nil { try step() }
            let done = outcome != nil
            // Of an answer that broke off, what has come is still taken: a later transfer may go on behind it.
            if done, exchange.incoming.isEmpty { try checkOutcome() }
            if exchange.headersDone || done, exchange.response.isSuccess, !headSeen {
                headSeen = true
                try head(exchange.response)
            }
            if !exchange.incoming.isEmpty {
                if exchange.response.isSuccess {
                    try exchange.incoming.withUnsafeBytes { try sink($0) }
                } else {
                    let room = max(0, 65_536 - exchange.response.errorBody.count)
                    exchange.response.errorBody.append(contentsOf: exchange.incoming.prefix(room))
                }
                exchange.incoming.removeAll(keepingCapacity: true)
                lastMove = .now
            }
            if done {
                try checkOutcome()
                return exchange.response
            }
        }
    }

    /// Lets libcurl work once, waiting for the network when there is nothing to do.
    private func step() throws(AmxError) {
        try Interruption.check()
        let start = ContinuousClock.now
        if exchange.downloadPaused || exchange.uploadPaused {
            exchange.downloadPaused = false
            exchange.uploadPaused = false
            _ = amx_curl_pause(easy, CURLPAUSE_CONT)
        }
        exchange.moved = 0
        var running: Int32 = 0
        let code = PipeSignal.withholding { amx_curl_multi_perform(multi, &running) }
        guard code == CURLM_OK else {
            throw AmxError(
                .network, "cannot reach \(host): \(String(cString: amx_curl_multi_text(code)))",
                hint: "check the network and the address, then try again")
        }
        var result = CURLE_OK
        if amx_curl_multi_result(multi, easy, &result) {
            outcome = result
            return
        }
        if exchange.moved > 0 {
            lastMove = .now
        } else {
            guard ContinuousClock.now - lastMove < .seconds(settings.stallTimeout) else {
                throw stalled("sent and took nothing")
            }
            _ = amx_curl_multi_poll(multi, Self.pollMilliseconds)
        }
        if let few = pace?.add(wait: .now - start, bytes: exchange.moved) {
            throw stalled("sent and took only \(few) bytes")
        }
    }

    private func stalled(_ what: String) -> AmxError {
        AmxError(
            .network, "cannot finish \(url): \(host) \(what) for \(settings.stallTimeout) seconds",
            hint: "run the command again; AMX_STALL_TIMEOUT sets how long to wait", cause: PlaceFailure())
    }

    /// Whether the transfer under way has to get somewhere: without this, one byte now and then, as a server sends them while it
    /// works, keeps it going.
    var expectsPace: Bool {
        get { pace != nil }
        set {
            guard newValue != expectsPace else { return }
            pace = newValue ? PaceGuard(window: .seconds(settings.stallTimeout)) : nil
        }
    }

    /// How long an interruption may go unnoticed.
    private static let pollMilliseconds: Int32 = 100

    private func checkOutcome() throws(AmxError) {
        guard let outcome, outcome != CURLE_OK else { return }
        let detail = String(cString: errorText)
        throw Self.failure(
            outcome, detail.isEmpty ? String(cString: amx_curl_text(outcome)) : detail, url: url, host: host)
    }

    // MARK: Set-up

    /// Puts a transfer on the loop; with a nil body the request's body is streamed.
    private func begin(_ request: HTTPRequest, body: [UInt8]?) throws(AmxError) {
        url = request.url
        host = request.address.origin.host
        exchange = HTTPExchange()
        outcome = nil
        answeredEarly = false
        // What an earlier transfer waited is none of this one's.
        pace = nil
        expectsPace = request.expectsPace
        errorText[0] = 0
        amx_curl_easy_reset(easy)
        let streamed = request.method == .post && body == nil
        // No one takes from the response while a body is produced; it holds reports, never a pack.
        if streamed { exchange.incomingLimit = 16 << 20 }
        var headers = request.headers
        // An upload of unknown size is chunked only when asked for; libcurl's own Expect costs a second with some servers.
        headers.append(("Expect", ""))
        if streamed { headers.append(("Transfer-Encoding", "chunked")) }
        let list = try HTTPHeaderList(headers)
        self.list = list
        try configure(request, body: body, list: list)
        let code = amx_curl_multi_add(multi, easy)
        guard code == CURLM_OK else {
            throw AmxError(
                .network, "cannot reach \(host): \(String(cString: amx_curl_multi_text(code)))",
                hint: "check the network and the address, then try again")
        }
        lastMove = .now
    }

    /// Takes the transfer off the loop, if there is one; an unfinished one loses its connection.
    private func end() {
        _ = PipeSignal.withholding { amx_curl_multi_remove(multi, easy) }
        amx_curl_easy_reset(easy)
        list = nil
    }

    private func configure(_ request: HTTPRequest, body: [UInt8]?, list: HTTPHeaderList) throws(AmxError) {
        var failed = CURLE_OK
        func set(_ code: CURLcode) { if failed == CURLE_OK { failed = code } }
        func set(_ option: CURLoption, _ value: Int) { set(amx_curl_set_long(easy, option, value)) }
        func set(_ option: CURLoption, _ value: String) { set(amx_curl_set_string(easy, option, value)) }
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        set(CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_CONNECTTIMEOUT, settings.connectTimeout)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_BUFFERSIZE, 256 << 10)
        set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // Some servers tell git from browsers by the start of this.
        set(CURLOPT_USERAGENT, "git/2.0 (amx)")
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = settings.certificateFile { set(CURLOPT_CAINFO, file) }
        // What is bound for this machine, a token over plain HTTP among it, never goes to a proxy.
        if request.address.origin.isLoopback { set(CURLOPT_NOPROXY, "*") }
        set(amx_curl_set_list(easy, CURLOPT_HTTPHEADER, list.head))
        set(amx_curl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        set(amx_curl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, HTTPExchange.writeCallback))
        set(amx_curl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        set(amx_curl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, HTTPExchange.headerCallback))
        if request.method == .put || request.method == .delete {
            set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        if request.method == .post || request.method == .put {
            set(CURLOPT_POST, 1)
            if let body {
                set(amx_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
                body.withUnsafeBytes { bytes in
                    // libcurl copies the bytes now; an empty body needs some address all the same.
                    let start = bytes.baseAddress ?? UnsafeRawPointer(errorText)
                    set(amx_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start)))
                }
            } else {
                set(amx_curl_set_pointer(easy, CURLOPT_READDATA, context))
                set(amx_curl_set_data_callback(easy, CURLOPT_READFUNCTION, HTTPExchange.readCallback))
            }
        }
        guard failed == CURLE_OK else {
            throw Self.failure(failed, String(cString: amx_curl_text(failed)), url: url, host: host)
        }
        func set(_ option: CURLoption, _ value: UnsafeMutablePointer<CChar>) {
            set(amx_curl_set_pointer(easy, option, UnsafeMutableRawPointer(value)))
        }
    }
}
