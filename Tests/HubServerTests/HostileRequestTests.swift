import Foundation
import HubServer
import Objects
import TestSupport
import Testing

/// Requests that no git sends: each gets a clear refusal, and the hub goes on.
@Suite struct HostileRequestTests {
    private static let upload = "application/x-git-upload-pack-request"
    private static let receive = "application/x-git-receive-pack-request"

    private func post(
        _ hub: ServedHub, _ service: String, type: String, encoding: String? = nil, _ body: [UInt8]
    ) async throws -> HTTPProbe.Response {
        var headers = ["Authorization: Bearer \(hub.admin)", "Content-Type: \(type)"]
        if let encoding { headers.append("Content-Encoding: \(encoding)") }
        return try await HTTPProbe.request(hub.url, "POST", "/acme/demo.git/\(service)", headers: headers, body: body)
    }

    private static func gzip(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await Offload.run { try Tool.run("gzip", ["-9", "-c"], input: bytes).output }
    }

    @Test func checksTypesAndEncodings() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            let probe = Array("0000".utf8)
            #expect(try await post(hub, "git-upload-pack", type: "text/plain", probe).status == 415)
            #expect(try await post(hub, "git-upload-pack", type: Self.receive, probe).status == 415)
            #expect(try await post(hub, "git-receive-pack", type: Self.upload, probe).status == 415)
            #expect(try await post(hub, "git-upload-pack", type: Self.upload, encoding: "br", probe).status == 415)
            for (service, type) in [("git-upload-pack", Self.upload), ("git-receive-pack", Self.receive)] {
                let answer = try await post(hub, service, type: type, probe)
                #expect(answer.status == 200)
                #expect(answer.body.isEmpty)
                #expect(answer.values("Content-Type") == ["application/x-\(service)-result"])
                #expect(answer.values("Cache-Control") == ["no-cache, max-age=0, must-revalidate"])
                let zipped = try await post(hub, service, type: type, encoding: "gzip", Self.gzip(probe))
                #expect(zipped.status == 200)
            }
        }
    }

    @Test func boundsCompressedBodies() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            // 64 MiB of packets that mean nothing, in 64 KiB.
            let bomb = try await Self.gzip(Array(repeating: UInt8(ascii: "0"), count: 64 << 20))
            #expect(bomb.count < 1 << 17)
            let refused = try await post(hub, "git-upload-pack", type: Self.upload, encoding: "gzip", bomb)
            #expect(refused.status == 413 || refused.text.contains("ERR "))
            let valid = try await Self.gzip(Array("0000".utf8))
            for damaged in [Array(valid.dropLast(6)), valid + [0], Array("not gzip at all".utf8), [0x1F, 0x8B]] {
                let answer = try await post(hub, "git-upload-pack", type: Self.upload, encoding: "gzip", damaged)
                #expect(answer.status == 400)
            }
        }
    }

    @Test func boundsPushedPacks() async throws {
        try await ServedHub.run { configuration in
            configuration.limits.packBytes = 200_000
        } _: { hub in
            let work = try await Clone(capsule: "demo")
            var generator = SeededGenerator(seed: 3)
            for size in [250_000, 900_000] {
                try work.write("knowledge/noise.txt", Data(generator.bytes(size)).base64EncodedString())
                try await work.commit("Noise")
                let outcome = try await work.attempt("push", hub.remote("acme/demo.git"), "main")
                #expect(outcome.status != 0)
                // A pack somewhat over the limit is refused with a report, a huge one by its announced size.
                #expect(outcome.errors.contains("packBytes") || outcome.errors.contains("413"))
                #expect(try hub.leftovers().isEmpty)
                #expect(!FileManager.default.fileExists(atPath: hub.repository("acme/demo")))
            }
        }
    }

    @Test(arguments: [
        "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\u{0} HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /acme/demo.git/git-upload-pack HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        "GET http://[::1/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET http://a:99999999999999999999/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET ?service HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /acme/demo.git/info/refs?service=%ff&=&&service HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ])
    func survivesMalformedHTTP(request: String) async throws {
        try await ServedHub.run { hub in
            let reply = try await Offload.run {
                let probe = try HTTPProbe(hub.url)
                probe.send(Array(request.utf8))
                probe.shutdownSending()
                return probe.readToEnd()
            }
            #expect(reply.isEmpty || String(decoding: reply.prefix(9), as: UTF8.self) == "HTTP/1.1 ")
            let status = reply.dropFirst(9).prefix(1)
            #expect(status.isEmpty || status.first == UInt8(ascii: "4"))
            #expect(try await HTTPProbe.request(hub.url, "GET", "/healthz").status == 200)
        }
    }

    @Test(arguments: [
        "/acme/../globex/demo.git/info/refs?service=git-upload-pack",
        "/acme/%2e%2e/demo/info/refs?service=git-upload-pack",
        "/acme/demo.git/HEAD", "/acme/demo.git/objects/info/packs", "/acme/demo.git/info/refs",
        "/acme/demo.git/info/refs?service=git-upload-archive", "/acme/demo.git/config", "/acme/demo%2egit/HEAD",
        "/ACME/demo.git/info/refs?service=git-upload-pack", "/acme/demo.git/../../../hub.sqlite",
        "//acme//demo.git/objects/", "/acme", "/", "/api", "/api/v1/owners/../capsules", "/.git/config",
        "/acme/demo.git/git-upload-pack",
    ])
    func hidesEverythingElse(path: String) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            let response = try await HTTPProbe.request(
                hub.url, "GET", path, headers: ["Authorization: Bearer \(hub.admin)"])
            #expect(response.status == 404)
        }
    }

    @Test(arguments: [
        "0001", "zzzz", "0005", "fff1", "000ewant abc", "0032want 0000000000000000000000000000000000000000\n",
        "0014command=nothing\n0000", "0015command=ls-refs\n0001000dbogus-x\n0000",
        "ffff" + String(repeating: "x", count: 40),
    ])
    func answersMalformedFetches(body: String) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            for version in ["version=2", "version=1", ""] {
                let headers = [
                    "Authorization: Bearer \(hub.admin)", "Content-Type: \(Self.upload)", "Git-Protocol: \(version)",
                ]
                let answer = try await HTTPProbe.request(
                    hub.url, "POST", "/acme/demo.git/git-upload-pack", headers: headers, body: Array(body.utf8))
                #expect(answer.status == 200)
                #expect(answer.body.isEmpty || answer.text.dropFirst(4).hasPrefix("ERR "))
            }
        }
    }

    @Test(arguments: [
        "0001", "zzzz", "000ewant abc",
        "0067\(String(repeating: "0", count: 40)) \(String(repeating: "1", count: 40)) refs/heads/main\u{0} report-status",
        "PACK", "00300000000000000000000000000000000000000000 nope",
    ])
    func answersMalformedPushes(body: String) async throws {
        try await ServedHub.run { hub in
            let answer = try await post(hub, "git-receive-pack", type: Self.receive, Array(body.utf8))
            #expect(answer.status == 200)
            #expect(!answer.body.isEmpty)
            #expect(try hub.leftovers().isEmpty)
            #expect(!FileManager.default.fileExists(atPath: hub.repository("acme/demo")))
        }
    }

    @Test func answersExpectations() async throws {
        try await ServedHub.run { hub in
            let head = """
                POST /acme/demo.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nConnection: close\r
                Authorization: Bearer \(hub.admin)\r\nContent-Type: \(Self.receive)\r\nContent-Length: 4\r
                Expect: 100-continue\r\n\r\n
                """
            let reply = try await Offload.run {
                let probe = try HTTPProbe(hub.url)
                probe.send(Array(head.utf8))
                let first = probe.read(25)
                probe.send(Array("0000".utf8))
                return (first, probe.readToEnd())
            }
            #expect(String(decoding: reply.0, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try HTTPProbe.parse(reply.1).status == 200)
        }
    }
}
