import Foundation
import Glibc

/// Speaks HTTP/1.1 byte by byte over one socket, so that tests can be malformed, slow or gone.
final class HTTPProbe: Sendable {
    /// A response as it was received.
    struct Response: Sendable {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }

        func values(_ name: String) -> [String] {
            headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
    }

    private let socket: Int32

    /// Connects to a hub.
    init(_ url: String) throws {
        let port = UInt16(url.split(separator: ":").last ?? "") ?? 0
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw TestFailure(description: "cannot connect to \(url)") }
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(socket) }

    /// Sends bytes; false when the other side has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// Says that nothing more will be sent.
    func shutdownSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Breaks the connection off, so that the other side gets a reset.
    func abort() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Reads this many bytes, or fewer when the other side closes or stalls.
    func read(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        var byte: UInt8 = 0
        while result.count < count, recv(socket, &byte, 1, 0) == 1 { result.append(byte) }
        return result
    }

    /// Reads until the other side closes, or two minutes pass without a byte.
    func readToEnd() -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { return result }
            result += chunk[..<count]
        }
    }

    /// Sends a whole request on a connection of its own and returns the response.
    static func request(
        _ url: String, _ method: String, _ path: String, headers: [String] = [], body: [UInt8]? = nil
    ) async throws -> Response {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for header in headers { head += "\(header)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        return try await raw(url, Array("\(head)\r\n".utf8) + (body ?? []))
    }

    /// Sends bytes on a connection of their own and returns what comes back as a response.
    static func raw(_ url: String, _ bytes: [UInt8]) async throws -> Response {
        try await Offload.run {
            let probe = try HTTPProbe(url)
            probe.send(bytes)
            return try parse(probe.readToEnd())
        }
    }

    static func parse(_ bytes: [UInt8]) throws -> Response {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else {
            throw TestFailure(description: "no HTTP response: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return (parts[0], parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
        var body = Array(bytes[(end + 4)...])
        if headers.contains(where: { $0.name.lowercased() == "transfer-encoding" }) { body = unchunked(body) }
        return Response(status: status, headers: headers, body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 13),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
        {
            let start = end + 2
            guard start + size + 2 <= rest.endIndex else { break }
            result += rest[start..<(start + size)]
            rest = rest[(start + size + 2)...]
        }
        return result
    }
}
