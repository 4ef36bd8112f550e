import Capsules
import Guard
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: redirections and limits of requests", .onTestThreads) struct HostRedirectionTests {
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func redirect(_ code: Int, _ location: String) -> String {
        "/to?code=\(code)&at=\(encoded(location))"
    }

    @Test(arguments: [
        (301, "GET", "GET"), (302, "GET", "GET"), (303, "GET", "GET"), (307, "GET", "GET"), (308, "GET", "GET"),
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (307, "POST", "POST"), (308, "POST", "POST"),
        (301, "PUT", "PUT"), (303, "PUT", "GET"), (303, "DELETE", "GET"), (307, "PATCH", "PATCH"),
    ])
    func methodsAreKeptOrTurnIntoGet(code: Int, method: String, expected: String) throws {
        var fixture = try RequestFixture()
        let body: JSONValue = method == "GET" ? nil : "text"
        let told = try fixture.echo(
            Self.redirect(code, "/echo"), ["method": .string(method), "body": body, "headers": ["Content-Type": "a/b"]])
        #expect(told["method"]?.string == expected)
        #expect(told["body"] == (expected == method && method != "GET" ? "dGV4dA==" : ""))
        let hasType = (told["headers"]?.array ?? []).contains { $0.array?.first == "content-type" }
        #expect(hasType == (expected == method))
        #expect(fixture.fixture.host.networkCalls == 2)
    }

    @Test(arguments: [
        ("/echo", "/echo"), ("echo", "/echo"), ("?a=b", "/to?a=b"), ("./x/../echo", "/echo"), ("echo?q#f", "/echo?q"),
        ("//api.test:PORT/echo", "/echo"), ("http://API.test.:PORT/echo", "/echo"),
    ])
    func addressesAreReadFromWhereTheyStand(location: String, path: String) throws {
        var fixture = try RequestFixture()
        let location = location.split(separator: "PORT", omittingEmptySubsequences: false)
            .joined(separator: "\(fixture.server.port)")
        let result = try fixture.get(Self.redirect(302, location))
        #expect(result["url"]?.string == fixture.url(path))
    }

    @Test(arguments: [200, 300, 304, 305, 404])
    func otherAnswersSendNowhere(code: Int) throws {
        var fixture = try RequestFixture()
        let result = try fixture.get(Self.redirect(code, "/echo"), code == 304 ? ["method": "HEAD"] : [:])
        #expect(result["status"] == .count(code))
        #expect(fixture.fixture.host.networkCalls == 1)
        #expect(try fixture.get("/to")["status"] == 302)
    }

    @Test func credentialsStayWithTheirOrigin() throws {
        var fixture = try RequestFixture()
        let headers: JSONObject = ["headers": ["authorization": "Bearer t", "COOKIE": "c=1", "X-Own": "1"]]
        func names(_ told: JSONValue) -> Set<String> {
            Set((told["headers"]?.array ?? []).compactMap { $0.array?.first?.string })
        }
        #expect(
            names(try fixture.echo(Self.redirect(302, "/echo"), headers)).isSuperset(of: [
                "authorization", "cookie", "x-own",
            ]))
        let other = names(try fixture.echo(Self.redirect(307, fixture.url("/echo", host: "other.test")), headers))
        #expect(other.isDisjoint(with: ["authorization", "cookie"]) && other.contains("x-own"))
        // There and back again, they are gone.
        let back = Self.encoded(fixture.url(Self.redirect(302, fixture.url("/echo")), host: "other.test"))
        #expect(names(try fixture.echo("/to?at=\(back)", headers)).isDisjoint(with: ["authorization", "cookie"]))
    }

    @Test(arguments: [
        ("http://127.0.0.1:80/", "gate: capabilities.net"), ("http://evil.test/", "gate: capabilities.net"),
        ("//evil.test/", "gate: capabilities.net"), ("http://inner.test/", "gate: public addresses"),
        ("http://meta.test/latest", "gate: public addresses"), ("http://api.test@evil.test/", "gate: "),
        // libcurl reads it as it would go there: as 127.0.0.1.
        ("http://0x7f.1/", "gate: capabilities.net"),
    ])
    func eachGoesThroughTheGate(location: String, rule: String) throws {
        var fixture = try RequestFixture(
            net: ["api.test", "inner.test", "meta.test"],
            answers: [
                "api.test": [["127.0.0.1"]], "inner.test": [["10.1.2.3"]], "meta.test": [["169.254.169.254"]],
            ])
        let parameters = fixture.parameters(Self.redirect(302, location))
        let fault = fixture.fixture.fault("http.request", parameters)
        #expect(fault?.kind == .denied)
        #expect(fault?.message.contains("(\(rule)") == true, "\(fault?.message ?? "")")
        #expect(fixture.fixture.host.networkCalls == 1)
        #expect(fixture.fixture.host.denials.count == 1)
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://api.test/", "ftp://api.test/", "javascript:alert(1)", "http://"])
    func otherSchemesAreNotFollowed(location: String) throws {
        var fixture = try RequestFixture(net: ["*"])
        let outcome = Result { try fixture.get(Self.redirect(302, location)) }
        switch outcome {
        case .failure(let error): #expect([.denied, .failed].contains((error as? HostFault)?.kind))
        // What is no address at all sends nowhere.
        case .success(let result): #expect(result["status"] == 302)
        }
        #expect(fixture.fixture.host.networkCalls == 1)
    }

    @Test func redirectionsEnd() throws {
        var fixture = try RequestFixture()
        #expect(try fixture.get("/again/5")["status"] == 200)
        let fault = fixture.fixture.fault("http.request", fixture.parameters("/again/6"))
        #expect(fault == HostFault(.failed, "'api.test': there are more than 5 redirections"))
        #expect(fixture.fixture.host.networkCalls == 12)
    }

    // MARK: How many

    @Test(arguments: [0, 1, 3]) func requestsAreCounted(limit: Int) throws {
        var fixture = try RequestFixture(sandbox: ["resourceLimits": ["maxNetworkCalls": .count(limit)]])
        for _ in 0..<limit { _ = try fixture.get("/bytes/1") }
        let fault = fixture.fixture.fault("http.request", fixture.parameters("/bytes/1"))
        #expect(fault?.kind == .quotaExceeded)
        #expect(
            fault?.message.hasPrefix(
                "capsule 'orders' denied: network call \(limit + 1) of a run that may make \(limit) (quota: ") == true)
        #expect(fixture.resolver.names.count == limit && fixture.fixture.host.networkCalls == UInt64(limit))
        #expect(fixture.fixture.host.denials.entries.map(\.layer) == [.quota])
    }

    @Test func redirectionsCount() throws {
        var fixture = try RequestFixture(sandbox: ["resourceLimits": ["maxNetworkCalls": 2]])
        #expect(fixture.fixture.fault("http.request", fixture.parameters("/again/2"))?.kind == .quotaExceeded)
        #expect(fixture.fixture.host.networkCalls == 2)
    }

    @Test func whatFailsCountsAndWhatIsDeniedDoesNot() throws {
        var fixture = try RequestFixture(sandbox: ["resourceLimits": ["maxNetworkCalls": 2]])
        #expect(fixture.fixture.fault("http.request", ["method": "GET", "url": "http://evil.test/"])?.kind == .denied)
        #expect(fixture.fixture.fault("http.request", fixture.parameters("/cut"))?.kind == .failed)
        #expect(fixture.fixture.host.networkCalls == 1)
    }

    @Test func noNetworkIsNone() throws {
        var fixture = try RequestFixture(
            net: ["*"], sandbox: ["networkAccess": false, "resourceLimits": ["maxNetworkCalls": 5]])
        let fault = fixture.fixture.fault("http.request", fixture.parameters("/echo"))
        #expect(fault?.kind == .denied && fault?.message.contains("sandbox.networkAccess") == true)
        #expect(fixture.resolver.names.isEmpty)
    }

    // MARK: How much and how long

    @Test func answersAreBounded() throws {
        var fixture = try RequestFixture()
        let most = try fixture.get("/bytes/\(BrokerTransfer.bodyLimit)")
        #expect(most["body"]?.string?.utf8.count == BrokerTransfer.bodyLimit)
        for path in ["/bytes/\(BrokerTransfer.bodyLimit + 1)", "/chunks", "/headers/2000"] {
            let fault = fixture.fixture.fault("http.request", fixture.parameters(path))
            #expect(fault?.kind == .quotaExceeded || path.hasPrefix("/headers") && fault?.kind == .failed, "\(path)")
        }
    }

    @Test(arguments: ["/slow", "/hang"]) func noRequestOutlivesItsRun(path: String) throws {
        var fixture = try RequestFixture()
        fixture.fixture.host.begin(until: MonotonicClock.nanoseconds() + 1_500_000_000)
        let fault = fixture.fixture.fault("http.request", fixture.parameters(path))
        #expect(fault == HostFault(.failed, "'api.test' did not answer in time"))
        // After its end nothing is begun any more.
        fixture.fixture.host.begin(until: MonotonicClock.nanoseconds())
        let late = fixture.fixture.fault("http.request", fixture.parameters("/echo"))
        #expect(late == HostFault(.failed, "'api.test' was not asked: there is no time left"))
        #expect(fixture.fixture.host.networkCalls == 1)
    }

    // MARK: Names

    @Test func theSystemResolvesNames() {
        let soon = MonotonicClock.nanoseconds() + 60_000_000_000
        let found = SystemResolver().addresses(of: "localhost", until: soon) ?? []
        #expect(!found.isEmpty && found.allSatisfy { !$0.isPublic })
        #expect(SystemResolver().addresses(of: "localhost", until: 0) == nil)
    }
}
