import Foundation
import Glibc

/// One HTTP request over a socket of its own, byte by byte as a test wants it.
enum WebRequest {
    /// What came back.
    struct Answer {
        let status: Int
        /// Names in lower case; a name that came twice has both values, joined by a line break.
        let headers: [String: String]
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Sends a request to a hub and reads the whole answer.
    static func send(
        _ method: String, _ url: String, _ path: String, _ headers: [String] = [], body: [UInt8] = []
    ) throws -> Answer {
        let fields = ["Host: hub", "Connection: close", "Content-Length: \(body.count)"] + headers
        let head = "\(method) \(path) HTTP/1.1\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n"
        let bytes = try raw(url, Array(head.utf8) + body)
        guard let answer = parse(bytes) else {
            throw TestFailure("not an answer: \(String(decoding: bytes.prefix(300), as: UTF8.self))")
        }
        return answer
    }

    /// Sends any bytes and reads until the other side closes; `isAll` tells it that no more will come.
    static func raw(_ url: String, _ bytes: [UInt8], isAll: Bool = false) throws -> [UInt8] {
        guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw TestFailure("no port: \(url)")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("socket: \(errno)") }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw TestFailure("connect: \(errno)") }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        if isAll { shutdown(descriptor, Int32(SHUT_WR)) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            // With a time limit on the socket, any signal interrupts.
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return result }
            result += buffer[..<count]
        }
    }

    private static func parse(_ bytes: [UInt8]) -> Answer? {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].lowercased()
            let value = parts[1].trimmingCharacters(in: .whitespaces)
            headers[name] = headers[name].map { "\($0)\n\(value)" } ?? value
        }
        var body = Array(bytes[(end + 4)...])
        if headers["transfer-encoding"] == "chunked" { body = unchunked(body) }
        return Answer(status: status, headers: headers, body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 10) {
            let line = String(decoding: rest[..<end], as: UTF8.self).trimmingCharacters(
                in: .whitespaces.union(.newlines))
            guard let size = Int(line, radix: 16), size > 0 else { break }
            rest = rest[(end + 1)...]
            result += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return result
    }
}
