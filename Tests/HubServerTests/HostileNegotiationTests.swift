import Foundation
import HubServer
import Objects
import TestSupport
import Testing

/// Fetch requests made to cost the hub much more than they cost the client.
@Suite struct HostileNegotiationTests {
    private static let type = "Content-Type: application/x-git-upload-pack-request"

    /// A history, and the request of an old client that names each of its commits, and after each one that nobody has, which makes
    /// the hub think again whether it knows enough; the wanted commit reaches none of them.
    private func request(commits count: Int, of work: Clone) async throws -> [UInt8] {
        let manifest = try String(contentsOfFile: "\(work.path)/manifest.json", encoding: .utf8)
        var stream = "blob\nmark :1\ndata \(manifest.utf8.count)\n\(manifest)\n"
        for index in 0..<count {
            stream += "commit refs/heads/long\nmark :\(index + 2)\ncommitter a <a@b> \(1_600_000_000 + index) +0000\n"
            stream += "data 2\nx\n" + (index == 0 ? "M 100644 :1 manifest.json\n" : "from :\(index + 1)\n")
        }
        stream += "commit refs/heads/apart\ncommitter a <a@b> 1700000000 +0000\ndata 2\ny\nM 100644 :1 manifest.json\n"
        let path = work.path
        let bytes = Array(stream.utf8)
        let (haves, want) = try await Offload.run {
            try Tool.git(["fast-import", "--quiet"], in: path, input: bytes)
            let list = try Tool.git(["rev-list", "long"], in: path)
            let tip = try Tool.git(["rev-parse", "apart"], in: path)
            return (list.split(separator: "\n").map(String.init), tip.split(separator: "\n").joined())
        }
        #expect(haves.count == count)
        var body = "004fwant \(want) multi_ack_detailed ofs-delta\n0000"
        for (index, have) in haves.enumerated() {
            let digits = String(index + 1, radix: 16)
            body += "0032have \(have)\n0032have \(String(repeating: "0", count: 40 - digits.count))\(digits)\n"
        }
        return Array((body + "0000").utf8)
    }

    @Test func alternatingHavesCostNoMoreThanTheirNumber() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            let body = try await request(commits: 6_000, of: work)
            try await work.git("push", hub.remote("acme/demo.git"), "main", "long", "apart")
            let clock = ContinuousClock()
            let start = clock.now
            let answer = try await HTTPProbe.request(
                hub.url, "POST", "/acme/demo.git/git-upload-pack",
                headers: ["Authorization: Bearer \(hub.admin)", Self.type], body: body)
            #expect(answer.text.hasSuffix("0008NAK\n"))
            #expect(answer.text.components(separatedBy: " common\n").count == 6_001)
            // Looking at everything again for each have took over a minute; once takes about a second, of an idle machine.
            #expect(start.duration(to: clock.now) < .seconds(60))
        }
    }

    @Test func readsOnAfterARefusal() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            // More than the sockets hold: a client that sends all before it reads must not hang.
            let body = Array(String(repeating: "0000", count: 3 << 20).utf8)
            let start = ContinuousClock.now
            let answer = try await HTTPProbe.request(
                hub.url, "POST", "/acme/demo.git/git-upload-pack",
                headers: ["Authorization: Bearer \(hub.admin)", Self.type], body: body)
            #expect(answer.status == 200)
            #expect(answer.text.contains("ERR reading the request"))
            // A client that waits for ever would never come here; a busy machine is slow.
            #expect(start.duration(to: .now) < .seconds(60))
        }
    }

    @Test(
        arguments: ["git-upload-pack", "git-receive-pack"], ["-1\r\n0000", "ffffffffffffffffffff\r\n0000", "4\n0000\n"])
    func callsBadChunksTheClientsFault(service: String, chunks: String) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            let head = """
                POST /acme/demo.git/\(service) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(hub.admin)\r\n\
                Content-Type: application/x-\(service)-request\r\nTransfer-Encoding: chunked\r\n\r\n
                """
            let answer = try await HTTPProbe.raw(hub.url, Array("\(head)\(chunks)".utf8))
            #expect(answer.status == 400)
        }
    }
}
