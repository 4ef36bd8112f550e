import Capsules
import Foundation
import Guard
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: requests of a capsule", .onTestThreads) struct HostRequestTests {
    // MARK: What is sent and what comes back

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    func methodsAreSent(method: String) throws {
        var fixture = try RequestFixture()
        let result = try fixture.get("/echo?a=%20b", ["method": .string(method)])
        #expect(result["status"] == 200)
        #expect(result["url"]?.string == fixture.url("/echo?a=%20b"))
        guard method != "HEAD" else {
            #expect(result["body"] == "")
            return
        }
        let told = try JSONParser.parse(result["body"]?.string ?? "")
        #expect(told["method"]?.string == method && told["path"] == "/echo?a=%20b" && told["body"] == "")
        let names = Set((told["headers"]?.array ?? []).compactMap { $0.array?.first?.string })
        let hasBody = ["POST", "PUT", "PATCH"].contains(method)
        #expect(names == Set(["host", "user-agent", "accept"] + (hasBody ? ["content-length"] : [])))
        #expect(fixture.fixture.host.networkCalls == 1)
    }

    @Test func headersAndBodiesAreSent() throws {
        var fixture = try RequestFixture()
        let headers: JSONValue = [
            "X-Empty": "", "Accept": "text/plain", "Authorization": "Bearer t", "Cookie": "c=1", "Content-Type": "a/b",
            "User-Agent": "mine", "x-quoted": "a: b; c",
        ]
        let told = try fixture.echo("/echo", ["method": "PUT", "headers": headers, "body": "grün"])
        let sent = (told["headers"]?.array ?? []).compactMap(\.array)
        for pair in [
            ["x-empty", ""], ["accept", "text/plain"], ["authorization", "Bearer t"], ["cookie", "c=1"],
            ["content-type", "a/b"], ["user-agent", "mine"], ["x-quoted", "a: b; c"], ["content-length", "5"],
            ["host", .string("api.test:\(fixture.server.port)")],
        ] as [[JSONValue]] { #expect(sent.contains(pair), "\(pair)") }
        #expect(sent.count == 9)
        #expect(told["body"] == "Z3LDvG4=")
        let bytes = try fixture.echo("/echo", ["method": "POST", "body": ["base64": "AP8K"]])
        #expect(bytes["body"] == "AP8K")
    }

    @Test(
        arguments: [
            ("/binary", nil, "base64", "Yf8A"), ("/binary", "base64", "base64", "Yf8A"),
            ("/binary", "text", "text", "a\u{FFFD}\u{0}"), ("/status/404", nil, "text", "status"),
            ("/status/500", "base64", "base64", "c3RhdHVz"), ("/interim", nil, "text", "late"),
            ("/bytes/0", nil, "text", ""),
        ] as [(String, String?, String, String)])
    func bodiesAreTextsOrBytes(path: String, wish: String?, encoding: String, body: String) throws {
        var fixture = try RequestFixture()
        let result = try fixture.get(path, wish.map { ["encoding": .string($0)] } ?? [:])
        #expect(result["encoding"]?.string == encoding && result["body"]?.string == body)
    }

    @Test func headersComeInLowerCaseWithAllTheirValues() throws {
        var fixture = try RequestFixture()
        let result = try fixture.get("/cookies")
        #expect(result["headers"]?["set-cookie"] == ["a=1", "b=2"])
        #expect(result["headers"]?["x-odd"] == ["caf\u{FFFD}"])
        // Cookies are not kept.
        let told = try fixture.echo()
        #expect(!"\(told)".contains("cookie"))
        #expect(try fixture.get("/interim")["headers"]?["link"] == nil)
    }

    // MARK: What is not sent

    @Test(arguments: [
        #"{"url": "http://api.test/"}"#, #"{"method": "GET"}"#, #"{"method": "get", "url": "http://api.test/"}"#,
        #"{"method": "CONNECT", "url": "http://api.test/"}"#,
        #"{"method": "GET /x HTTP/1.1\r\nX: y\r\n\r\n", "url": "http://api.test/"}"#,
        #"{"method": "GET", "url": ""}"#, #"{"method": "GET", "url": ["http://api.test/"]}"#,
        #"{"method": "GET", "url": "http://api.test/", "body": "x"}"#,
        #"{"method": "POST", "url": "http://api.test/", "body": 3}"#,
        #"{"method": "POST", "url": "http://api.test/", "body": {"base64": "A"}}"#,
        #"{"method": "POST", "url": "http://api.test/", "body": {"base64": "AAAA", "x": 1}}"#,
        #"{"method": "GET", "url": "http://api.test/", "encoding": "json"}"#,
        #"{"method": "GET", "url": "http://api.test/", "timeout": 1}"#,
        #"{"method": "GET", "url": "http://api.test/", "headers": ["a"]}"#,
        #"{"method": "GET", "url": "http://api.test/", "headers": {"a": 1}}"#,
    ])
    func parametersHaveAForm(parameters: String) throws {
        var fixture = try RequestFixture()
        let fault = try fixture.fixture.fault("http.request", JSONParser.parse(parameters))
        #expect(fault?.kind == .invalidParameters)
        #expect(fixture.resolver.names.isEmpty)
    }

    @Test(arguments: [
        ("X\r\nY", "a"), ("X", "a\r\nHost: evil.test"), ("X", "a\nY: b"), ("X", "a\rb"), ("X", "a\u{0}b"), ("X", "ä"),
        ("X: y", "a"), ("X;", ""), ("", "a"), ("X Y", "a"), ("Ü", "a"), ("X", "\u{7F}"), ("X\u{0}", "a"),
        ("Host", "evil.test"), ("hOST", "evil.test"), ("Content-Length", "0"), ("Connection", "close"),
        ("Transfer-Encoding", "chunked"), ("Proxy-Authorization", "x"), ("proxy-connection", "x"), ("TE", "trailers"),
        ("Upgrade", "h2c"), ("Expect", "100-continue"), ("Keep-Alive", "1"), ("Trailer", "x"),
    ])
    func headersSmuggleNothing(name: String, value: String) throws {
        var fixture = try RequestFixture()
        let parameters = fixture.parameters("/echo", ["headers": .object(JSONObject([(name, .string(value))]))])
        #expect(fixture.fixture.fault("http.request", parameters)?.kind == .invalidParameters)
        #expect(fixture.resolver.names.isEmpty)
    }

    @Test func headersAreBounded() throws {
        var fixture = try RequestFixture()
        let many = JSONObject((0...BrokeredRequest.headerCount).map { ("x-\($0)", "y") })
        let large: JSONObject = ["x": .string(String(repeating: "y", count: BrokeredRequest.headerBytes))]
        for headers in [many, large] {
            let parameters = fixture.parameters("/echo", ["headers": .object(headers)])
            #expect(fixture.fixture.fault("http.request", parameters)?.kind == .invalidParameters)
        }
        let body = String(repeating: "y", count: BrokeredRequest.bodyBytes + 1)
        let parameters = fixture.parameters("/echo", ["method": "POST", "body": .string(body)])
        #expect(fixture.fixture.fault("http.request", parameters)?.kind == .quotaExceeded)
    }

    // MARK: Where it may go

    @Test(arguments: [
        (
            "http://evil.test/",
            "network access to 'http://evil.test/' not declared in manifest (gate: capabilities.net)"
        ),
        ("http://api.test@evil.test/", "Invalid URL"), ("ftp://api.test/", "Invalid URL"),
        ("file:///etc/passwd", "Invalid URL"), ("gopher://api.test/", "Invalid URL"), ("//api.test/", "Invalid URL"),
        ("http://api.test/\r\nX: y", "Invalid URL"), ("http://2130706433/", "Invalid URL"),
        ("http://127.0.0.1/", "network access to 'http://127.0.0.1/' not declared in manifest"),
    ])
    func otherPlacesAreDenied(url: String, message: String) throws {
        var fixture = try RequestFixture()
        let fault = fixture.fixture.fault("http.request", ["method": "GET", "url": .string(url)])
        #expect(fault?.kind == .denied)
        #expect(fault?.message.hasPrefix("capsule 'orders' denied: \(message)") == true, "\(fault?.message ?? "")")
        #expect(fixture.resolver.names.isEmpty && fixture.fixture.host.networkCalls == 0)
        #expect(fixture.fixture.host.denials.count == 1)
    }

    @Test(arguments: [
        ["127.0.0.1"], ["10.0.0.1"], ["172.16.0.1"], ["192.168.1.1"], ["169.254.169.254"], ["100.64.0.1"], ["0.0.0.0"],
        ["224.0.0.1"], ["255.255.255.255"], ["::1"], ["::"], ["fe80::1"], ["fd00::1"], ["::ffff:127.0.0.1"],
        ["::ffff:10.0.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["8.8.8.8", "127.0.0.1"], ["2600::1", "::1"],
    ])
    func namesOfPrivateAddressesAreDenied(addresses: [String]) throws {
        var fixture = try RequestFixture(net: ["*"], answers: ["api.test": [addresses]], permits: [])
        let fault = fixture.fixture.fault("http.request", fixture.parameters("/echo"))
        #expect(fault?.kind == .denied)
        #expect(fault?.message.contains("(gate: public addresses)") == true, "\(fault?.message ?? "")")
        #expect(fixture.fixture.host.networkCalls == 0)
    }

    @Test(arguments: ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "localhost", "a.localhost"])
    func theManifestCannotAllowPrivateAddresses(host: String) throws {
        // As it is where nothing is given: the manifest's gate and the system's resolver.
        var fixture = try HostFixture(["capabilities": ["net": ["*"]]])
        let fault = fixture.fault("http.request", ["method": "GET", "url": .string("http://\(host):1/")])
        // Not all systems have names below localhost.
        let isUnknown = host == "a.localhost" && fault?.message == "there is no host 'a.localhost'"
        #expect(fault?.kind == .denied || isUnknown, "\(fault?.message ?? "")")
        #expect(fixture.host.networkCalls == 0)
    }

    /// What a name stands for a moment later has no part in it: it is asked for once, and the connection goes there.
    @Test func namesAreAskedForOnce() throws {
        var fixture = try RequestFixture(
            net: ["*"], answers: ["api.test": [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]]])
        _ = try fixture.echo()
        #expect(fixture.resolver.names == ["api.test"])
        #expect(fixture.fixture.fault("http.request", fixture.parameters("/echo"))?.kind == .denied)
        #expect(fixture.resolver.names == ["api.test", "api.test"])
        _ = try fixture.echo()
        #expect(fixture.fixture.host.networkCalls == 2)
    }

    @Test func allAddressesOfANameAreTried() throws {
        // The server listens on the last alone.
        let addresses = ["::1", "127.0.0.2", "127.0.0.1"]
        var fixture = try RequestFixture(answers: ["api.test": [addresses]], permits: addresses)
        _ = try fixture.echo()
        #expect(fixture.fixture.host.networkCalls == 1)
        // A name of one more that is private is not asked at all.
        var other = try RequestFixture(answers: ["api.test": [addresses + ["10.0.0.1"]]], permits: addresses)
        #expect(other.fixture.fault("http.request", other.parameters("/echo"))?.kind == .denied)
    }

    @Test func whatCannotBeReachedFails() throws {
        var fixture = try RequestFixture(
            net: ["*"], answers: ["api.test": [["127.0.0.1"]], "closed.test": [["127.0.0.1"]]])
        let unknown = fixture.fixture.fault("http.request", ["method": "GET", "url": "http://unknown.test/"])
        #expect(unknown == HostFault(.failed, "there is no host 'unknown.test'"))
        let closed = fixture.fixture.fault("http.request", ["method": "GET", "url": "http://closed.test:1/"])
        #expect(closed?.kind == .failed && closed?.message.hasPrefix("cannot reach 'closed.test': ") == true)
        let plain = fixture.fixture.fault(
            "http.request", ["method": "GET", "url": .string("https://api.test:\(fixture.server.port)/")])
        #expect(plain?.kind == .failed)
        #expect(fixture.fixture.fault("http.request", fixture.parameters("/cut"))?.kind == .failed)
    }

    @Test func certificatesAreVerifiedForTheName() throws {
        let folder = try TemporaryDirectory("amx-host")
        let (key, certificate) = (folder.appending("key.pem"), folder.appending("cert.pem"))
        let made = try Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=api.test", "-addext", "subjectAltName=DNS:api.test", "-keyout", key, "-out", certificate,
            ])
        try #require(made.status == 0, "\(made.errors)")
        let server = try ScriptServer(
            """
            import loopback, ssl, sys, threading
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1], sys.argv[2])
            def answer(connection):
                try:
                    with context.wrap_socket(connection, server_side=True) as secure:
                        secure.recv(65536)
                        secure.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
                except OSError:
                    pass
            loopback.accept(lambda connection: threading.Thread(target=answer, args=[connection]).start())
            """, [certificate, key])
        let manifest = try HostFixture.manifest(["capabilities": ["net": ["*"]]])
        let gate = LenientGate(
            base: ManifestGate(manifest, workspace: nil, home: nil),
            permitted: Set([IPAddress("127.0.0.1")].compactMap(\.self)))
        for (name, trusted, isGood) in [
            ("api.test", certificate, true), ("api.test", nil, false), ("other.test", certificate, false),
            ("127.0.0.1", certificate, false),
        ] as [(String, String?, Bool)] {
            let broker = HTTPBroker(
                gate: gate, allowance: NetworkAllowance(manifest),
                resolver: ScriptedResolver(["api.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]]),
                certificates: trusted)
            let request = BrokeredRequest(
                method: .get, url: "https://\(name):\(server.port)/", headers: [], body: nil)
            do throws(HostRefusal) {
                #expect(try broker.send(request).body == Array("ok".utf8))
                #expect(isGood, "\(name)")
            } catch {
                #expect(!isGood, "\(error)")
            }
        }
    }

    @Test func theEnvironmentHasNoPart() async throws {
        let server = try RequestFixture()
        await #expect(processExitsWith: .success) { [port = server.server.port as Int] in
            for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"] {
                setenv(name, "http://127.0.0.1:1", 1)
            }
            let manifest = try HostFixture.manifest(["capabilities": ["net": ["*"]]])
            let broker = HTTPBroker(
                gate: AllowAll(capsule: "orders"), allowance: NetworkAllowance(manifest),
                resolver: ScriptedResolver(["api.test": [["127.0.0.1"]]]))
            let request = BrokeredRequest(method: .get, url: "http://api.test:\(port)/echo", headers: [], body: nil)
            #expect(try broker.send(request).status == 200)
        }
    }
}
