import Foundation
import Guard
import TestSupport
import Testing

/// What other programs make of the addresses that are read here.
@Suite("Network: other programs")
struct NetworkOracleTests {
    /// Random texts that look like addresses of the web.
    static func texts(_ count: Int, seed: UInt64) -> [String] {
        var random = SeededGenerator(seed: seed)
        let parts = [
            "http", "https", "HTTP", "ftp", ":", "//", "/", "\\", "@", "user", "a", "example", ".com", ".", "..", "127",
            "0x7f", "0177", "1",
            "256", "[::1]", "[", "]", "::ffff:1.2.3.4", "%2e", "%", "#", "?", ":80", ":0", ":443", ":65536", "xn--a",
            "-", "_", " ", "\t",
            "\u{E9}", "\u{3002}", "\u{FF0F}", "2130706433", "0", "x", "=", "&", "~", "*", ",", ";", "!", "$", "(", "'",
            "+",
        ]
        return (0..<count).map { index in
            let start = index % 4 == 0 ? "" : ["http://", "https://", "HttP://"].randomElement(using: &random) ?? ""
            return start
                + (0..<Int.random(in: 1...6, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
                .joined()
        }
    }

    @Test("are read again as they are written", arguments: 1...4)
    func stable(seed: UInt64) throws {
        var read = 0
        for text in Self.texts(20_000, seed: seed) {
            guard let target = try? HTTPTarget(parsing: text) else { continue }
            read += 1
            #expect(try HTTPTarget(parsing: target.text) == target, "\(text)")
        }
        #expect(read > 500)
    }

    @Test("find the same host and port in each address that is read", .enabled(if: Tool.exists("python3")))
    func python() throws {
        let program = """
            import json, sys, urllib.parse
            out = []
            for text in json.load(sys.stdin):
                parts = urllib.parse.urlsplit(text)
                port = parts.port or {"http": 80, "https": 443}[parts.scheme]
                out.append([parts.hostname, port, parts.username, parts.scheme])
            json.dump(out, sys.stdout)
            """
        let pairs = (Self.texts(40_000, seed: 9) + GateNetworkTests.hostileAddresses).compactMap { text in
            (try? HTTPTarget(parsing: text)).map { (text, $0) }
        }
        let outcome = try Tool.run(
            "python3", ["-c", program], input: Array(try JSONEncoder().encode(pairs.map(\.0))))
        let answers = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [[Any]], "\(outcome.errors)")
        #expect(answers.count == pairs.count && pairs.count > 1000)
        for ((text, target), answer) in zip(pairs, answers) {
            var host = answer[0] as? String ?? ""
            if host.hasSuffix(".") { host.removeLast() }
            let expected = host.contains(":") ? try? NetworkHost("[\(host)]") : try? NetworkHost(host)
            #expect(expected == target.host, "\(text): \(host)")
            #expect(answer[1] as? Int == Int(target.port), "\(text)")
            #expect(answer[2] is NSNull && answer[3] as? String == (target.isEncrypted ? "https" : "http"), "\(text)")
        }
    }

    /// Libcurl's own reading, by way of Python.
    static let curlProgram = """
        import ctypes, json, sys
        curl = ctypes.CDLL("libcurl.so.4")
        curl.curl_url.restype = ctypes.c_void_p
        curl.curl_url_cleanup.argtypes = [ctypes.c_void_p]
        curl.curl_url_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
        curl.curl_url_get.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_char_p), ctypes.c_uint]
        def part(handle, which):
            text = ctypes.c_char_p()
            if curl.curl_url_get(handle, which, ctypes.byref(text), 1): return None
            return text.value.decode()
        out = []
        for text in json.load(sys.stdin):
            handle = curl.curl_url()
            failed = curl.curl_url_set(handle, 0, text.encode(), 0)
            out.append(None if failed else [part(handle, which) for which in (5, 6, 2, 1)])
            curl.curl_url_cleanup(handle)
        json.dump(out, sys.stdout)
        """

    static var hasCurl: Bool {
        (try? Tool.run("python3", ["-c", "import ctypes; ctypes.CDLL('libcurl.so.4')"]).status) == 0
    }

    @Test("find the same host and port in each address that is read, where requests are made", .enabled(if: hasCurl))
    func curl() throws {
        let pairs = (Self.texts(40_000, seed: 12) + GateNetworkTests.hostileAddresses).compactMap { text in
            (try? HTTPTarget(parsing: text)).map { (text, $0) }
        }
        // Both as it was asked for, and as it is then requested.
        let texts = pairs.map(\.0) + pairs.map(\.1.text)
        let outcome = try Tool.run(
            "python3", ["-c", Self.curlProgram], input: Array(try JSONEncoder().encode(texts)))
        let answers = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [Any], "\(outcome.errors)")
        #expect(answers.count == texts.count && pairs.count > 1000)
        var read = 0
        for (index, answer) in answers.enumerated() {
            // What it does not read it sends nowhere.
            guard let answer = answer as? [Any] else { continue }
            read += 1
            let target = pairs[index % pairs.count].1
            #expect(try NetworkHost(answer[0] as? String ?? "") == target.host, "\(texts[index])")
            #expect(answer[1] as? String == "\(target.port)", "\(texts[index])")
            #expect(answer[2] is NSNull, "\(texts[index])")
            #expect(answer[3] as? String == (target.isEncrypted ? "https" : "http"), "\(texts[index])")
        }
        #expect(read > 1000)
    }

    @Test("find the same host in each address that is read, browsers too", .enabled(if: Tool.exists("node")))
    func node() throws {
        let program = """
            const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
            console.log(JSON.stringify(texts.map(text => {
                try { const url = new URL(text); return [url.hostname, url.port, url.username + url.password]; } catch { return null; }
            })));
            """
        let pairs = (Self.texts(40_000, seed: 10) + GateNetworkTests.hostileAddresses).compactMap { text in
            (try? HTTPTarget(parsing: text)).map { (text, $0) }
        }
        let outcome = try Tool.run("node", ["-e", program], input: Array(try JSONEncoder().encode(pairs.map(\.0))))
        let answers = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [Any])
        #expect(answers.count == pairs.count && pairs.count > 1000)
        for ((text, target), answer) in zip(pairs, answers) {
            // What it does not read it cannot send elsewhere.
            guard let answer = answer as? [String] else { continue }
            #expect(try NetworkHost(answer[0]) == target.host, "\(text): \(answer[0])")
            let usual = target.isEncrypted ? "443" : "80"
            #expect((answer[1].isEmpty ? usual : answer[1]) == "\(target.port)", "\(text)")
            #expect(answer[2].isEmpty, "\(text)")
        }
    }

    @Test("call no address public that Python does not", .enabled(if: Tool.exists("python3")))
    func addresses() throws {
        var random = SeededGenerator(seed: 11)
        // Near the edges of blocks, and anywhere.
        let tops: [UInt32] = [
            0, 10, 100 << 8 | 64, 127, 169 << 8 | 254, 172 << 8 | 16, 192 << 8 | 168, 198 << 8 | 18, 203 << 8, 224, 240,
            255,
        ]
        var texts: [String] = []
        for _ in 0..<5000 {
            let top = tops.randomElement(using: &random) ?? 0
            let first = top < 256 ? top << 24 : top << 16
            let offset = UInt32.random(in: 0...(1 << 21), using: &random)
            texts.append("\(IPAddress.v4(first &- (1 << 20) &+ offset))")
            texts.append("\(IPAddress.v4(UInt32(truncatingIfNeeded: random.next())))")
            let high = [0x2001, 0x2002, 0x3FFF, 0xFC00, 0xFE80, 0xFEC0, 0xFF00, 0x0064, 0x0100, 0x2600, 0x4000]
                .randomElement(using: &random)
            texts.append("\(IPAddress.v6(high: UInt64(high ?? 0) << 48 | random.next() >> 16, low: random.next()))")
            texts.append("\(IPAddress.v6(high: 0, low: random.next() >> UInt64.random(in: 0...63, using: &random)))")
        }
        let program = """
            import ipaddress, json, sys
            json.dump([ipaddress.ip_address(t).is_global and not ipaddress.ip_address(t).is_multicast for t in json.load(sys.stdin)], sys.stdout)
            """
        let outcome = try Tool.run("python3", ["-c", program], input: Array(try JSONEncoder().encode(texts)))
        let answers = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [Bool])
        #expect(answers.count == texts.count)
        var (both, ours) = (0, 0)
        for (text, isGlobal) in zip(texts, answers) {
            let address = try #require(IPAddress(text))
            // What carries an address of version 4 is judged by that one here, and by some versions of Python not.
            if case .v6(let high, let low) = address, high == 0 && low >> 32 == 0xFFFF { continue }
            if address.isPublic { #expect(isGlobal, "\(text)") }
            if isGlobal {
                both += address.isPublic ? 1 : 0
                ours += address.isPublic ? 0 : 1
            }
            // Of version 4 the two say the same but for blocks that Python's registry leaves out.
            if case .v4(let number) = address, isGlobal, !address.isPublic {
                #expect([0xC058_63].contains(number >> 8) || number >> 24 == 192, "\(text)")
            }
        }
        #expect(both > 1000)
    }
}
