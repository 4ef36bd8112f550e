import Foundation
import Objects
import TestSupport
import Testing

@testable import HubServer

/// Clients that go away or stall, and hubs that stop.
@Suite struct InterruptionTests {
    private static let receive = "application/x-git-receive-pack-request"

    /// A request of a push with its whole body, as git sends it.
    private func pushRequest(_ hub: ServedHub, _ work: Clone) async throws -> [UInt8] {
        let head = try await work.git("rev-parse", "HEAD")
        let pack = try await Offload.run {
            try Tool.run(
                "git", ["pack-objects", "--revs", "--stdout", "--quiet"], in: work.path,
                environment: Tool.gitEnvironment, input: Array("\(head)\n".utf8)
            ).output
        }
        let line = "\(String(repeating: "0", count: 40)) \(head) refs/heads/main\u{0} report-status"
        let size = String(line.utf8.count + 4, radix: 16)
        let body = Array("\(String(repeating: "0", count: 4 - size.count))\(size)\(line)0000".utf8) + pack
        let fields = """
            POST /acme/demo.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nConnection: close\r
            Authorization: Bearer \(hub.admin)\r\nContent-Type: \(Self.receive)\r\nContent-Length: \(body.count)\r\n\r\n
            """
        return Array(fields.utf8) + body
    }

    /// A request of everything that a commit reaches, as git sends it in protocol v2.
    private func fetchRequest(_ hub: ServedHub, _ head: String) -> [UInt8] {
        let body = "0011command=fetch0001000fno-progress0032want \(head)\n0009done\n0000"
        let fields = """
            POST /acme/demo.git/git-upload-pack HTTP/1.1\r\nHost: x\r\nGit-Protocol: version=2\r
            Authorization: Bearer \(hub.admin)\r\nContent-Type: application/x-git-upload-pack-request\r
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
        return Array(fields.utf8)
    }

    private func eventually(_ condition: () throws -> Bool) async throws -> Bool {
        for _ in 0..<3_000 {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    @Test func forgetsPushesThatBreakOff() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            var generator = SeededGenerator(seed: 11)
            try work.write("knowledge/noise.txt", Data(generator.bytes(300_000)).base64EncodedString())
            try await work.commit("Noise")
            let request = try await pushRequest(hub, work)
            let head = try #require(request.indices.first { request[$0...].starts(with: Array("\r\n\r\n".utf8)) }) + 4
            for cut in [head + 2, head + 60, head + 200, (head + request.count) / 2, request.count - 1] {
                for abort in [false, true] {
                    try await Offload.run {
                        let probe = try HTTPProbe(hub.url)
                        probe.send(Array(request[..<cut]))
                        usleep(30_000)
                        if abort { probe.abort() }
                    }
                    #expect(try await eventually { try hub.leftovers().isEmpty }, "cut at \(cut)")
                    #expect(!FileManager.default.fileExists(atPath: hub.repository("acme/demo")))
                }
            }
            let answer = try await HTTPProbe.raw(hub.url, request)
            #expect(answer.text.contains("ok refs/heads/main"))
            try await Offload.succeed(["fsck", "--strict"], in: hub.repository("acme/demo"))
        }
    }

    @Test func showsNothingOfAPushBeforeItsEnd() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            let before = try await work.git("ls-remote", hub.remote("acme/demo.git"))
            try work.write("knowledge/more.md", "more")
            let new = try await work.commit("More")
            let request = try await pushRequest(hub, work)
            let probe = try HTTPProbe(hub.url)
            _ = try await Offload.run { probe.send(Array(request.dropLast(10))) }
            #expect(try await eventually { try !hub.leftovers().isEmpty })
            #expect(try await work.git("ls-remote", hub.remote("acme/demo.git")) == before)
            // The new commit can't be had by asking for it either.
            let fetch = try await Clone(from: hub.remote("acme/demo.git")).attempt("fetch", "origin", new)
            #expect(fetch.status != 0)
            #expect(fetch.errors.contains("not our ref"))
            _ = probe
        }
    }

    @Test func stopsReadersThatGoAway() async throws {
        try await ServedHub.run { configuration in
            configuration.transfers = 2
        } _: { hub in
            let work = try await Clone(capsule: "demo")
            var generator = SeededGenerator(seed: 5)
            try work.write("knowledge/noise.txt", Data(generator.bytes(9 << 20)).base64EncodedString())
            let head = try await work.commit("Noise")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            let request = fetchRequest(hub, head)
            // More clients than the hub has threads for transfers: each leaves after the first bytes.
            for _ in 0..<5 {
                try await Offload.run {
                    let probe = try HTTPProbe(hub.url)
                    probe.send(request)
                    _ = probe.read(300)
                    probe.abort()
                }
            }
            #expect(try await Clone(from: hub.remote("acme/demo.git")).git("rev-parse", "HEAD") == head)
        }
    }

    @Test func cutsOffClientsThatStallWhenItMustStop() async throws {
        var probes: [HTTPProbe] = []
        let stop = try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            var generator = SeededGenerator(seed: 6)
            try work.write("knowledge/noise.txt", Data(generator.bytes(9 << 20)).base64EncodedString())
            let head = try await work.commit("Noise")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            let (uploading, downloading) = (try HTTPProbe(hub.url), try HTTPProbe(hub.url))
            let (push, fetch) = (try await pushRequest(hub, work), fetchRequest(hub, head))
            _ = try await Offload.run {
                uploading.send(Array(push.prefix(1 << 20)))
                downloading.send(fetch)
                return downloading.read(300)
            }
            probes = [uploading, downloading]
        }
        #expect(probes.count == 2)
        // Without that, a minute until the one that takes nothing is given up, and two until the other is.
        #expect(stop < .seconds(30))
    }

    @Test func finishesRequestsBeforeItStops() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        let process = try HubProcess(folder)
        let work = try await Clone(capsule: "demo")
        let hub = try await process.served()
        let request = try await pushRequest(hub, work)
        let answer = try await Offload.run {
            let probe = try HTTPProbe(hub.url)
            probe.send(Array(request.dropLast(30)))
            try Patience.waits { try !hub.leftovers().isEmpty }
            process.terminate()
            usleep(200_000)
            // A new connection is no longer taken.
            #expect((try? HTTPProbe(hub.url).readToEnd().isEmpty) ?? true)
            probe.send(Array(request.suffix(30)))
            return try HTTPProbe.parse(probe.readToEnd())
        }
        #expect(answer.text.contains("ok refs/heads/main"))
        #expect(try await process.end() == 0)
        try await Offload.succeed(["fsck", "--strict"], in: hub.repository("acme/demo"))
    }

    @Test func losesNothingWhenItIsKilled() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        let work = try await Clone(capsule: "demo")
        for round in 0..<6 {
            let process = try HubProcess(folder)
            let hub = try await process.served()
            try work.write("knowledge/round.md", "\(round)")
            let commit = try await work.commit("Round \(round)")
            let pushing = Task { try await work.attempt("push", hub.remote("acme/demo.git"), "HEAD:round-\(round)") }
            try await Task.sleep(for: .milliseconds(5 + 12 * round))
            process.kill()
            _ = try await process.end()
            let outcome = try await pushing.value
            let again = try HubProcess(folder)
            let served = try await again.served()
            let refs = try await Offload.git(["ls-remote", served.remote("acme/demo.git")], in: work.path).text
            // What was acknowledged is there; in any case a push then succeeds.
            if outcome.status == 0 { #expect(refs.contains(commit)) }
            try await work.git("push", "--quiet", served.remote("acme/demo.git"), "HEAD:round-\(round)")
            #expect(try served.leftovers().isEmpty)
            try await Offload.succeed(["fsck", "--strict"], in: served.repository("acme/demo"))
            again.terminate()
            #expect(try await again.end() == 0)
        }
    }
}
