import Foundation
import HubClient
import Objects
import TestSupport
import Testing

@Suite struct HTTPSessionTests {
    private let peer: PeerServer
    private let base: WebAddress

    init() throws {
        peer = try PeerServer(script: PeerServer.behaviours)
        base = try WebAddress(parsing: "http://127.0.0.1:\(peer.port)")
    }

    private func session(stall: Int = 20) throws -> HTTPSession {
        var settings = HTTPSession.Settings()
        settings.stallTimeout = stall
        return try HTTPSession(settings: settings)
    }

    private func address(_ path: String) throws -> WebAddress {
        try WebAddress(parsing: "\(base.text)\(path)")
    }

    private struct Stop: Error {}

    @Test func keepsItsConnection() throws {
        let session = try session()
        for _ in 0..<3 { _ = try session.send(HTTPRequest(.get, address("/ok"))) }
        var body: [UInt8] = []
        let response = try session.send(HTTPRequest(.post, address("/ok"), body: Array("abc".utf8))) {
            body += Array($0)
        }
        #expect(response.status == 200)
        #expect(String(decoding: body, as: UTF8.self) == "size 3")
        #expect(try peer.requests() == Array(repeating: "GET /ok 1 - 0 -", count: 3) + ["POST /ok 1 - 3 -"])
    }

    @Test(arguments: [0, 1, 65_535, 1 << 20, 37_000_001])
    func bodiesArriveWhole(size: Int) throws {
        var (count, ordered, largest) = (0, true, 0)
        _ = try session().send(HTTPRequest(.get, address("/bytes/\(size)"))) { bytes in
            largest = max(largest, bytes.count)
            for byte in bytes.enumerated() where byte.offset % 4099 == 0 {
                ordered = ordered && byte.element == UInt8(truncatingIfNeeded: count + byte.offset)
            }
            count += bytes.count
        }
        #expect(count == size && ordered)
        #expect(largest <= 1 << 20)
    }

    @Test(arguments: [[], [0], [1], [1 << 20, 3, 0, 65_536], [9_000_000]])
    func streamedUploadsArriveWhole(pieces: [Int]) throws {
        var body: [UInt8] = []
        let response = try session().upload(HTTPRequest(.post, address("/up"))) { upload in
            for piece in pieces { try upload.write([UInt8](repeating: 7, count: piece)) }
        } sink: {
            body += Array($0)
        }
        #expect(response.status == 200)
        #expect(String(decoding: body, as: UTF8.self) == "size \(pieces.reduce(0, +))")
    }

    @Test func anUploadAfterAnotherRequestUsesItsConnection() throws {
        let session = try session()
        _ = try session.send(HTTPRequest(.get, address("/ok")))
        _ = try session.upload(HTTPRequest(.post, address("/up"))) { try $0.write([1, 2, 3]) }
        #expect(try peer.requests().last == "POST /up 1 - 3 -")
    }

    @Test func anErrorOfTheProducerCutsTheUploadOff() throws {
        let session = try session()
        #expect(throws: Stop.self) {
            _ = try session.upload(HTTPRequest(.post, address("/up"))) { upload in
                try upload.write([UInt8](repeating: 1, count: 100_000))
                throw Stop()
            }
        }
        // The session stays usable, and the server never took the part for the whole.
        #expect(try session.send(HTTPRequest(.get, address("/ok"))).status == 200)
        let uploads = try peer.requests().filter { $0.hasPrefix("POST") }
        #expect(uploads.allSatisfy { $0.contains(" -2 ") })
    }

    @Test func anErrorOfTheSinkEndsTheDownload() throws {
        let session = try session()
        var seen = 0
        #expect(throws: Stop.self) {
            _ = try session.send(HTTPRequest(.get, address("/bytes/100000000"))) { bytes in
                seen += bytes.count
                if seen > 100_000 { throw Stop() }
            }
        }
        #expect(seen < 4_000_000)
        #expect(try session.send(HTTPRequest(.get, address("/ok"))).status == 200)
    }

    @Test func anAnswerBeforeTheEndOfAnUploadIsTheAnswer() throws {
        var written = 0
        let response = try session().upload(HTTPRequest(.post, address("/refuse-early"))) { upload in
            for _ in 0..<4000 {
                try upload.write([UInt8](repeating: 1, count: 65_536))
                written += 65_536
            }
        }
        #expect(response.status == 413)
        #expect(String(decoding: response.errorBody, as: UTF8.self) == "too large")
        #expect(written < 200_000_000)
    }

    @Test(arguments: ["/truncated", "/truncated-chunks", "/nothing"])
    func truncatedAnswersAreNetworkErrors(path: String) throws {
        #expect {
            _ = try session().send(HTTPRequest(.get, address(path)))
        } throws: {
            let error = $0 as? AmxError
            return error?.code == .network && error?.message.contains("127.0.0.1") == true
        }
    }

    @Test func stalledTransfersEnd() throws {
        let start = ContinuousClock.now
        let session = try session(stall: 1)
        for (request, streamed) in [
            (HTTPRequest(.get, try address("/stall")), false), (HTTPRequest(.post, try address("/deaf")), true),
        ] {
            #expect {
                if streamed {
                    _ = try session.upload(request) { upload in
                        for _ in 0..<1000 { try upload.write([UInt8](repeating: 1, count: 65_536)) }
                    }
                } else {
                    _ = try session.send(request)
                }
            } throws: {
                let error = $0 as? AmxError
                return error?.code == .network
                    && error?.message.contains("127.0.0.1 sent and took nothing for 1 s") == true
            }
        }
        #expect(ContinuousClock.now - start < .seconds(120))
    }

    @Test func aSlowConsumerOrProducerIsNoStall() throws {
        let session = try session(stall: 2)
        var slept = false
        _ = try session.send(HTTPRequest(.get, address("/bytes/20000000"))) { _ in
            if !slept { usleep(2_500_000) }
            slept = true
        }
        let response = try session.upload(HTTPRequest(.post, address("/up"))) { upload in
            try upload.write([1])
            usleep(2_500_000)
            try upload.write([2])
        }
        #expect(response.status == 200)
    }

    @Test func interimAnswersAreSkipped() throws {
        var heads: [Int] = []
        let response = try session().send(HTTPRequest(.get, address("/interim")), head: { heads.append($0.status) })
        #expect(heads == [200])
        #expect(response.header("x-late") == "2" && response.header("x-early") == nil)
        #expect(response.mediaType == "text/plain")
    }

    @Test func aRefusedHeadStopsTheBody() throws {
        #expect(throws: Stop.self) {
            _ = try session().send(
                HTTPRequest(.get, address("/bytes/1000")), sink: { _ in Issue.record("the body was taken") },
                head: { _ in throw Stop() })
        }
    }

    @Test(arguments: [401, 403, 404, 500])
    func errorsKeepTheStartOfTheirBody(status: Int) throws {
        let response = try session().send(HTTPRequest(.get, address("/status/\(status)"))) { _ in
            Issue.record("an error's body was taken for a result")
        }
        #expect(response.status == status && !response.isSuccess)
        #expect(response.errorBody.count == 65_536)
    }

    @Test func endlessHeadersAreRefused() throws {
        #expect { _ = try session().send(HTTPRequest(.get, address("/headers"))) } throws: {
            ($0 as? AmxError)?.code == .network
        }
    }

    @Test func headersCannotBeSmuggled() throws {
        #expect(throws: AmxError.self) {
            _ = try session().send(HTTPRequest(.get, address("/ok"), headers: [("X", "a\r\nY: b")]))
        }
    }

    @Test func refusedConnectionsNameTheHost() throws {
        #expect {
            _ = try session().send(HTTPRequest(.get, WebAddress(parsing: "http://127.0.0.1:1/x")))
        } throws: {
            let error = $0 as? AmxError
            return error?.code == .network && error?.message.hasPrefix("cannot reach 127.0.0.1:") == true
        }
    }

    @Test func whatIsForThisMachineGoesToNoProxy() async {
        // In a process of its own, since the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:1", 1)
            let peer = try PeerServer(script: PeerServer.behaviours)
            let own = try WebAddress(parsing: "http://127.0.0.1:\(peer.port)/ok")
            #expect(try HTTPSession().send(HTTPRequest(.get, own)).status == 200)
            let other = try WebAddress(parsing: "http://hub.example/ok")
            #expect { try HTTPSession().send(HTTPRequest(.get, other)) } throws: { "\($0)".contains("127.0.0.1") }
        }
    }

    /// Starts a peer that speaks TLS with a certificate of its own; returns the certificate's file.
    private static func securePeer(_ folder: TemporaryDirectory) throws -> (peer: PeerServer, certificate: String) {
        let (key, certificate) = (folder.appending("key.pem"), folder.appending("cert.pem"))
        let made = try Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        try #require(made.status == 0, "\(made.errors)")
        return (try PeerServer(script: PeerServer.behaviours, arguments: [certificate, key]), certificate)
    }

    @Test func certificatesAreVerified() throws {
        let folder = try TemporaryDirectory()
        let (secure, certificate) = try Self.securePeer(folder)
        let address = try WebAddress(parsing: "https://127.0.0.1:\(secure.port)/ok")
        #expect {
            _ = try session().send(HTTPRequest(.get, address))
        } throws: {
            let error = $0 as? AmxError
            return error?.code == .network && error?.hint?.contains("AMX_CA_FILE") == true
        }
        let settings = try HTTPSession.Settings { ["AMX_CA_FILE": certificate][$0] }
        #expect(try HTTPSession(settings: settings).send(HTTPRequest(.get, address)).status == 200)
        let wrongName = try WebAddress(parsing: "https://localhost:\(secure.port)/ok")
        #expect(throws: AmxError.self) { _ = try HTTPSession(settings: settings).send(HTTPRequest(.get, wrongName)) }
    }

    @Test(arguments: ["0", "-1", "x", "86401", "9999999999999999999999"])
    func senselessTimeoutsAreRefused(text: String) {
        #expect { try HTTPSession.Settings { $0 == "AMX_STALL_TIMEOUT" ? text : nil } } throws: {
            ($0 as? AmxError)?.code == .usage
        }
        #expect { try HTTPSession.Settings { $0 == "AMX_ANSWER_TIMEOUT" ? text : nil } } throws: {
            ($0 as? AmxError)?.code == .usage
        }
    }
}
