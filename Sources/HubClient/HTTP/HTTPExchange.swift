import CCurl

/// The buffers between libcurl's callbacks and the loop of `HTTPSession` that drives them.
///
/// Callbacks only move bytes: a full buffer pauses the download and an empty one the upload, so that no Swift error ever
/// has to cross C, and a slow consumer or producer holds its peer back. Used by the session's thread only.
final class HTTPExchange {
    /// How many bytes of a response are held before the download pauses.
    static let highWater = 1 << 20
    /// How many bytes of response headers are accepted.
    static let headerLimit = 1 << 18

    /// Status and headers so far; complete when `headersDone`.
    var response = HTTPResponse()
    var headersDone = false
    private var headerBytes = 0
    /// Response bytes that no one has taken yet.
    var incoming: [UInt8] = []
    /// Whether the download waits for `incoming` to be taken.
    var downloadPaused = false
    /// Lets `incoming` grow further while a body is being sent, when no one takes from it.
    var incomingLimit = HTTPExchange.highWater

    /// Request bytes that libcurl has not taken yet, from `outgoingStart` on.
    private var outgoing: [UInt8] = []
    private var outgoingStart = 0
    /// Whether the upload waits for more.
    var uploadPaused = false
    /// Whether nothing more follows `outgoing`.
    var uploadDone = false
    /// How many bytes have moved since this was last cleared.
    var moved = 0

    /// Whether libcurl has taken all that was given.
    var uploadDrained: Bool { outgoingStart == outgoing.count }

    /// Gives the next bytes of a streamed body; only when the previous ones are drained.
    func offer(_ bytes: UnsafeRawBufferPointer) {
        outgoing.removeAll(keepingCapacity: true)
        outgoing.append(contentsOf: bytes)
        outgoingStart = 0
    }

    // MARK: Callbacks

    func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard incoming.isEmpty || incoming.count + bytes.count <= incomingLimit else {
            downloadPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        headersDone = true
        moved += bytes.count
        incoming.append(contentsOf: bytes)
        return bytes.count
    }

    func wanted(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, outgoing.count - outgoingStart)
        guard count > 0 else {
            if uploadDone { return 0 }
            uploadPaused = true
            return Int(CURL_READFUNC_PAUSE)
        }
        outgoing.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[outgoingStart..<outgoingStart + count]))
        }
        outgoingStart += count
        moved += count
        return count
    }

    /// Takes one header line; an interim response is replaced by the one that follows it.
    func header(_ line: UnsafeRawBufferPointer) -> Int {
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else { return -1 }
        moved += line.count
        let text = String(decoding: line, as: UTF8.self)[...].trimmingLineEnd()
        if text.hasPrefix("HTTP/") {
            response = HTTPResponse()
            response.status = Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0
        } else if let colon = text.firstIndex(of: ":") {
            let name = text[..<colon].lowercased()
            response.headers.append((name, String(text[text.index(after: colon)...].trimmingBlanks())))
        }
        return line.count
    }
}

extension Substring {
    /// The text without carriage returns and line feeds at its end.
    fileprivate func trimmingLineEnd() -> Substring {
        var scalars = unicodeScalars
        while let last = scalars.last, last == "\r" || last == "\n" { scalars.removeLast() }
        return Substring(scalars)
    }
}
