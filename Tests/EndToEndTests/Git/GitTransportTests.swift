import Foundation
import TestSupport
import Testing

/// The ways in which git sends requests: tokens, chunked and compressed bodies, many at once.
@Suite(.onTestThreads) struct GitTransportTests {
    private func noise(_ seed: UInt64, _ count: Int) -> String {
        var generator = SeededGenerator(seed: seed)
        return Data(generator.bytes(count)).base64EncodedString()
    }

    @Test func takesChunkedBodiesAfterAProbe() throws {
        let hub = try HubProcess()
        let work = try GitCopy(capsule: "demo")
        try work.write("knowledge/noise.txt", noise(1, 300_000))
        try work.commit("Noise")
        let trace = ["GIT_TRACE_CURL": "1", "GIT_TRACE_CURL_NO_DATA": "1"]
        let pushed = try work.attempt(
            "-c", "http.postBuffer=1", "push", hub.address("demo"), "main", environment: trace)
        #expect(pushed.status == 0, "\(pushed.errors)")
        #expect(pushed.errors.contains("Transfer-Encoding: chunked"))
        // The probe is a request of its own.
        #expect(pushed.errors.contains("Content-Length: 4"))
        try hub.check("demo")
        #expect(try GitCopy(cloning: hub.address("demo")).digest() == work.digest())
    }

    @Test func takesCompressedRequests() throws {
        let hub = try HubProcess()
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        let clone = try GitCopy(cloning: hub.address("demo"))
        // Many commits that the hub does not know make a long list of haves.
        var commits = ""
        for number in 1...400 {
            commits += "commit refs/heads/main\ncommitter T <t@example.com> \(1_900_000_000 + number) +0000\n"
            commits += "data 2\nx\n" + (number == 1 ? "from refs/heads/main^0\n" : "") + "\n"
        }
        try clone.git("fast-import", "--quiet", input: commits)
        for version in [0, 2] {
            try work.write("knowledge/more.md", "more \(version)\n")
            try work.commit("More")
            try work.git("push", "--quiet", hub.address("demo"), "main")
            let fetched = try clone.attempt(
                "-c", "protocol.version=\(version)", "fetch",
                environment: ["GIT_TRACE_CURL": "1", "GIT_TRACE_CURL_NO_DATA": "1"])
            #expect(fetched.status == 0, "\(fetched.errors)")
            #expect(fetched.errors.contains("Content-Encoding: gzip"), "version \(version)")
            #expect(try clone.git("rev-parse", "origin/main") == work.head)
        }
    }

    @Test func takesTokensInBothForms() throws {
        let hub = try HubProcess()
        let work = try GitCopy(capsule: "demo")
        let plain = "\(hub.remote)/demo.git"
        let bearer = "http.extraHeader=Authorization: Bearer \(hub.token)"
        try work.git("-c", bearer, "push", "--quiet", plain, "main")
        #expect(try work.git("-c", bearer, "ls-remote", plain, "refs/heads/main").hasPrefix(work.head))
        // The token as the user's name, with an empty password.
        let named = plain.replacingOccurrences(of: "http://", with: "http://\(hub.token):@")
        #expect(try work.git("ls-remote", named, "refs/heads/main").hasPrefix(work.head))
        // From a credential helper, after a first request without.
        let helper = "credential.helper=!f() { echo username=any; echo password=\(hub.token); }; f"
        #expect(try work.git("-c", helper, "ls-remote", plain, "refs/heads/main").hasPrefix(work.head))
        // The address without its ending.
        #expect(try work.git("-c", bearer, "ls-remote", "\(hub.remote)/demo").contains(work.head))
        let none = try work.attempt("ls-remote", plain)
        #expect(none.status == 128)
        #expect(none.errors.contains("could not read Username"), "\(none.errors)")
        let wrong = try work.attempt(
            "ls-remote", hub.address("demo", token: "amx_\(String(repeating: "0", count: 64))"))
        #expect(wrong.status == 128)
        #expect(wrong.errors.contains("Authentication failed"), "\(wrong.errors)")
    }

    @Test func servesSixteenAtOnce() throws {
        let hub = try HubProcess()
        let folder = try TemporaryDirectory("amx-e2e-many")
        let work = try GitCopy(capsule: "demo")
        // Sixteen working copies with sixteen ids, made by one shell; then all push, and all clone, at the same time.
        let manifest = GitCopy.manifest("capsule-$n", "1.0.0").replacingOccurrences(of: "\"", with: "\\\"")
        let make = try Tool.run(
            "sh",
            [
                "-ec",
                """
                for n in $(seq 1 16); do
                    git clone --quiet --no-local "\(work.path)" w$n
                    printf "%s" "\(manifest)" > w$n/manifest.json
                    head -c 40000 /dev/urandom | base64 > w$n/noise.txt
                    git -C w$n add --all && git -C w$n commit --quiet -m "Own id"
                done
                """,
            ], in: folder.path, environment: Tool.gitEnvironment)
        #expect(make.status == 0, "\(make.errors)")
        func all(_ command: String) throws {
            let script = """
                pids=""
                for n in $(seq 1 16); do ( \(command) ) & pids="$pids $!"; done
                status=0
                for pid in $pids; do wait $pid || status=1; done
                exit $status
                """
            let outcome = try Tool.run("sh", ["-c", script], in: folder.path, environment: Tool.gitEnvironment)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let address = hub.address("capsule-$n")
        try all("git -C w$n push --quiet \(address) main")
        try all(
            "git clone --quiet \(address) c$n && test \"$(git -C c$n rev-parse HEAD)\" = \"$(git -C w$n rev-parse HEAD)\""
        )
        // Sixteen branches of one repository at once; each push is on its own and none gets lost.
        try work.git("push", "--quiet", hub.address("demo"), "main")
        try all("git -C \(work.path) push --quiet \(hub.address("demo")) main:branch-$n")
        #expect(try hub.refs("demo").count == 17)
        try hub.check("demo")
        try hub.check("capsule-7")
        try hub.checkAll()
        #expect(hub.stop() == 0)
    }
}
