import Foundation
import TestSupport
import Testing

/// The hub's HTTP from outside: JSON, errors, who may do what, and requests that are not right.
@Suite(.onTestThreads) struct HubHTTPTests {
    private static let list = "/api/v1/owners/acme/capsules"

    private func bearer(_ token: String) -> String { "Authorization: Bearer \(token)" }

    private func served(_ arguments: [String] = []) throws -> (hub: HubProcess, work: GitCopy) {
        let hub = try HubProcess(arguments: arguments)
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        return (hub, work)
    }

    @Test func tellsThatItIsHealthy() throws {
        let hub = try HubProcess()
        let answer = try WebRequest.send("GET", hub.url, "/healthz")
        #expect(answer.status == 200)
        #expect(answer.text.hasPrefix("ok"))
        let id = try #require(answer.headers["x-request-id"])
        #expect(try WebRequest.send("GET", hub.url, "/healthz").headers["x-request-id"] != id)
        let missing = try WebRequest.send("GET", hub.url, "/elsewhere", [bearer(hub.token)])
        #expect(missing.status == 404)
        let error = try JSONNode(missing.body)["error"]
        #expect(error["code"].string == "not_found")
        #expect(error["request_id"].string == missing.headers["x-request-id"])
        #expect(try hub.log().contains(try #require(error["request_id"].string)))
        #expect(try hub.log().split(separator: "\n").allSatisfy { (try? JSONNode(Array($0.utf8))) != nil })
    }

    @Test func listsWhatAnOwnerHas() throws {
        let (hub, work) = try served()
        #expect(
            try JSONNode(WebRequest.send("GET", hub.url, Self.list, [bearer(hub.token)]).body)
                == JSONNode(
                    Array(
                        """
                        {"owner": "acme", "capsules": [
                            {"name": "demo", "defaultBranch": "main", "head": "\(work.head)", "latestVersion": null}],
                            "workspaces": []}
                        """.utf8)))
        for version in ["1.9.0", "1.10.0", "2.0.0-rc.1"] {
            try work.write("manifest.json", GitCopy.manifest("demo", version))
            try work.commit(version)
            try work.git("tag", "-a", "v\(version)", "-m", version)
        }
        let other = try GitCopy(capsule: "a.first")
        try other.git("push", "--quiet", hub.address("a.first"), "main:trunk")
        try work.git("push", "--quiet", "--follow-tags", hub.address("demo"), "main")
        let answer = try WebRequest.send("GET", hub.url, Self.list, [bearer(hub.token)])
        #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true)
        let capsules = try JSONNode(answer.body)["capsules"]
        #expect(capsules.array.compactMap { $0["name"].string } == ["a.first", "demo"])
        #expect(capsules[0]["defaultBranch"].string == "trunk")
        #expect(capsules[1]["latestVersion"].string == "1.10.0")
        #expect(try capsules[1]["head"].string == work.head)
    }

    @Test(arguments: [false, true]) func letsPassWhoMay(publicRead: Bool) throws {
        let (hub, _) = try served(publicRead ? ["--public-read"] : [])
        try hub.admin("owner", "add", "globex")
        let reader = try hub.makeToken("read").text
        let stranger = try hub.makeToken("read,write,admin", owner: "globex").text
        let revoked = try hub.makeToken("read,write")
        #expect(try WebRequest.send("GET", hub.url, Self.list, [bearer(revoked.text)]).status == 200)
        try hub.admin("token", "revoke", revoked.id)
        let unknown = "amx_\(String(repeating: "7", count: 64))"
        func status(_ path: String, _ token: String?) throws -> Int {
            try WebRequest.send("GET", hub.url, path, token.map { [bearer($0)] } ?? []).status
        }
        let fetch = "/acme/demo.git/info/refs?service=git-upload-pack"
        let push = "/acme/demo.git/info/refs?service=git-receive-pack"
        let missing = "/acme/missing.git/info/refs?service=git-upload-pack"
        let make = "/acme/missing.git/info/refs?service=git-receive-pack"
        // The columns: list, fetch, push, fetch what is missing, push what is missing.
        let paths = [Self.list, fetch, push, missing, make]
        let open = publicRead
        let table: [(who: String, token: String?, statuses: [Int])] = [
            ("nobody", nil, open ? [200, 200, 401, 404, 401] : [401, 401, 401, 401, 401]),
            ("unknown", unknown, [401, 401, 401, 401, 401]),
            ("revoked", revoked.text, [401, 401, 401, 401, 401]),
            ("reader", reader, [200, 200, 403, 404, 403]),
            ("stranger", stranger, open ? [200, 200, 403, 404, 404] : [404, 404, 404, 404, 404]),
            ("admin", hub.token, [200, 200, 200, 404, 200]),
        ]
        for (who, token, statuses) in table {
            #expect(try paths.map { try status($0, token) } == statuses, "\(who)")
        }
        // What one may not see is told in the same words as what does not exist.
        if !open {
            let hidden = try WebRequest.send("GET", hub.url, fetch, [bearer(stranger)]).text
            let absent = try WebRequest.send("GET", hub.url, missing, [bearer(stranger)]).text
            #expect(hidden.replacingOccurrences(of: "demo", with: "missing") == absent)
        }
        let refused = try WebRequest.send("GET", hub.url, fetch, [bearer(unknown)])
        #expect(refused.headers["www-authenticate"]?.contains("Basic realm=\"Amx\"") == true)
        #expect(refused.headers["www-authenticate"]?.contains("error=\"invalid_token\"") == true)
        #expect(refused.headers["content-type"]?.hasPrefix("text/plain") == true)
        #expect(refused.text.contains("\nhint: "))
        let asJSON = try WebRequest.send("GET", hub.url, fetch, [bearer(unknown), "Accept: application/json"])
        #expect(try JSONNode(asJSON.body)["error"]["code"].string == "authentication")
    }

    @Test func takesGzipAndRefusesWhatIsNotRight() throws {
        let (hub, work) = try served()
        let post = "/acme/demo.git/git-upload-pack"
        let kind = "Content-Type: application/x-git-upload-pack-request"
        let plain = Array("0014command=ls-refs\n0000".utf8)
        let zipped = try Tool.run("gzip", ["-c"], input: plain).output
        let headers = [bearer(hub.token), kind, "Git-Protocol: version=2"]
        for encoding in ["gzip", "x-gzip"] {
            let answer = try WebRequest.send(
                "POST", hub.url, post, headers + ["Content-Encoding: \(encoding)"], body: zipped)
            #expect(answer.status == 200)
            #expect(answer.text.contains(try work.head))
            #expect(answer.headers["cache-control"]?.contains("no-cache") == true)
        }
        #expect(try WebRequest.send("POST", hub.url, post, headers, body: plain).text.contains(work.head))
        // The probe.
        let probe = try WebRequest.send("POST", hub.url, post, headers, body: Array("0000".utf8))
        #expect(probe.status == 200)
        #expect(probe.body.isEmpty)
        let cases: [(headers: [String], body: [UInt8], status: Int)] = [
            (headers + ["Content-Encoding: br"], plain, 415),
            (headers + ["Content-Encoding: gzip"], Array(zipped.dropLast(6)), 400),
            (headers + ["Content-Encoding: gzip"], Array("not gzip".utf8), 400),
            ([bearer(hub.token), "Content-Type: text/plain"], plain, 415),
            ([bearer(hub.token)], plain, 415),
        ]
        for (headers, body, status) in cases {
            #expect(try WebRequest.send("POST", hub.url, post, headers, body: body).status == status, "\(headers)")
        }
        // Inside of the protocol, the status is 200 and the error a packet.
        for body in [
            "0014command=ls-refs\n", "zzzz", "0003", "fff1", "0014command=unheard\n0000", "000ecommand=x\n0001ffff",
        ] {
            let answer = try WebRequest.send("POST", hub.url, post, headers, body: Array(body.utf8))
            #expect(answer.status == 200, "\(body)")
            #expect(answer.text.dropFirst(4).hasPrefix("ERR "), "\(body): \(answer.text)")
        }
        for path in [
            "/acme/demo.git/info/refs", "/acme/demo.git/objects/info/packs", "/acme/demo.git/HEAD",
            "/ACME/demo.git/info/refs",
            "/acme/%64emo.git/info/refs?service=git-upload-pack",
            "/acme/../acme/demo.git/info/refs?service=git-upload-pack",
            "/acme/demo.git/info/refs?service=git-upload-archive", "/api/v1/owners/Acme/capsules",
        ] {
            #expect(try WebRequest.send("GET", hub.url, path, [bearer(hub.token)]).status == 404, "\(path)")
        }
        // What is not HTTP is answered by 400 or by closing, and the hub lives on.
        for bytes in [
            "\r\n\r\n\r\n", "GET\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}", "GET / HTTP/9.9\r\n\r\n",
            "POST \(post) HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        ] {
            let answer = try WebRequest.raw(hub.url, Array(bytes.utf8) + [10], isAll: true)
            #expect(!String(decoding: answer, as: UTF8.self).contains(" 200 "), "\(bytes)")
        }
        #expect(try WebRequest.send("GET", hub.url, "/healthz").status == 200)
        #expect(hub.stop() == 0)
    }
}
