import Capsules
import Guard
import Testing

@Suite("Gate: network")
struct GateNetworkTests {
    @Test(
        "lets requests through to what is declared, and to nothing else",
        arguments: [
            // Row S-071.
            (["api.github.com"], "https://api.github.com/repos", true),
            (["api.github.com"], "https://v1.api.github.com/", true),
            (["api.github.com"], "https://a.b.api.github.com/", true),
            (["api.github.com"], "https://github.com/", false),
            (["api.github.com"], "https://evil-api.github.com/", false),
            (["api.github.com"], "https://api.github.com.evil.example/", false),
            (["api.github.com"], "https://evilapi.github.com/", false),
            (["api.github.com"], "http://api.github.com@127.0.0.1/", false),
            (["*"], "https://anything.example/", true), ([], "https://anything.example/", false),
            // Row S-072.
            (["API.GitHub.com"], "https://api.github.com/", true),
            (["api.github.com"], "HTTPS://API.GITHUB.COM/", true),
            (["api.github.com."], "https://api.github.com/", true),
            (["api.github.com"], "https://api.github.com./", true),
            (["3.4"], "http://1.2.3.4/", false), (["1.2.3.4"], "http://1.2.3.4/", true),
            (["1.2.3.4"], "http://1.2.3.4.:8080/", true), (["2.3.4"], "http://1.2.3.4/", false),
            (["1.2.3.4"], "http://5.1.2.3.4/", false), (["1.2.3.4"], "http://1.2.3.4.example.com/", false),
            ([""], "https://anything.example/", false), ([""], "https:///", false), (["."], "https://a./", false),
            (["com"], "https://example.com/", true), (["example.com"], "ftp://example.com/", false),
            (["example.com"], "file:///example.com", false), (["example.com"], "ws://example.com/", false),
            (["[::1]"], "http://[::1]/", true), (["[::1]"], "http://[0:0:0:0:0:0:0:1]:8080/x", true),
            (["[::1]"], "http://[::ffff:127.0.0.1]/", false), (["127.0.0.1"], "http://[::ffff:127.0.0.1]/", false),
            (["[2001:db8::1]"], "http://[2001:DB8:0::1]/", true), (["::1"], "http://[::1]/", false),
            (["db8::1"], "http://[2001:db8::1]/", false),
            (["example.com", "b.example"], "https://b.example", true),
            (["example.com"], "https://example.com:8443", true),
            (["example.com"], "https://example.com?q=1", true), (["example.com"], "https://example.com#top", true),
        ] as [([String], String, Bool)])
    func requests(net: [String], url: String, isAllowed: Bool) {
        let gate = GateFixture.gate { $0.net = net }
        let denial = GateFixture.denial { () throws(AccessDenial) in try gate.checkHTTP(url) }
        #expect((denial == nil) == isAllowed, "\(denial?.description ?? "allowed")")
        #expect(denial?.layer ?? .gate == .gate && denial?.check ?? .http == .http)
    }

    /// Each of these leads somewhere else for some program that reads it, or is none for others.
    static let hostileAddresses: [String] = [
        "", " ", "http:", "http:/", "http://", "http:///", "https:///example.com/", "http:example.com",
        "http:/example.com/",
        "//example.com/", "/etc/passwd", "example.com", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
        "gopher://example.com/", "ftp://example.com/", "httpx://example.com/", "http+unix://example.com/",
        " http://example.com/", "http://example.com/ ", "\thttp://example.com/", "ht\ntp://example.com/",
        "http://exa\tmple.com/", "http://example.com/\r\nHost: evil", "http://example.com/a b",
        "http://example.com/\u{0}",
        "http://example.com\\@evil.example/", "http:\\\\example.com\\", "http://example.com\\evil.example/",
        "http://user@example.com/", "http://user:password@example.com/", "http://@example.com/",
        "http://:@example.com/",
        "http://example.com@evil.example/", "http://evil.example#@example.com/", "http://evil.example?@example.com/",
        "http://example.com?@evil.example/", "http://a@b@example.com/", "http://example.com:80@evil.example/",
        "http://example%2ecom/", "http://%65xample.com/", "http://example.com%00.evil.example/",
        "http://example.com%2f/",
        "http://ex\u{E4}mple.com/", "http://\u{FF45}xample.com/", "http://example\u{3002}com/",
        "http://example.com\u{FF0F}/",
        "http://exam\u{AD}ple.com/", "http://\u{2488}example.com/", "http://e\u{301}xample.com/",
        "http://.example.com/", "http://example..com/", "http://example.com../", "http://./", "http://../",
        "http://-example.com/", "http://example-.com/", "http://exa*mple.com/", "http://*/", "http://*.example.com/",
        "http://example.com:/", "http://example.com:0/", "http://example.com:65536/", "http://example.com:99999999999/",
        "http://example.com:-1/", "http://example.com:+80/", "http://example.com:080/", "http://example.com: 80/",
        "http://example.com:80:80/", "http://example.com:http/", "http://example.com:0x50/",
        "http://[::1/", "http://::1/", "http://[::1]]/", "http://[[::1]]/", "http://[::1]evil/",
        "http://[::1].example.com/",
        "http://[]/", "http://[127.0.0.1]/", "http://[::1%25eth0]/", "http://[::1%eth0]/", "http://[1::2::3]/",
        "http://[::ffff:127.1]/", "http://[v1.example]/", "http://exam[::1]ple/", "http://example.com]/",
        "http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/",
        "http://127.0.1/",
        "http://0177.0.0.1/", "http://0x7f.0.0.1/", "http://127.0.0.01/", "http://0/", "http://0x/",
        "http://0X7F.0.0.1/",
        "http://1.2.3.4.5/", "http://256.1.1.1/", "http://1.2.3.256/", "http://example.123/", "http://example.0x1/",
        "http://example.0x/", "http://99999999999/", "http://1.1.1.1.1.1/", "http://08.1.1.1/", "http://127.0.0.1../",
        "http://example.com/\"", "http://example.com/<x>", "http://example.com/{a}", "http://example.com/a|b",
        "http://example.com/^",
        "http://" + String(repeating: "a", count: 64) + ".example/",
        "http://example.com/" + String(repeating: "a", count: 8192),
        "http://" + String(repeating: "a.", count: 127) + "a/",
    ]

    @Test(
        "reads no address that programs read in different ways, even where all hosts are declared",
        arguments: hostileAddresses)
    func hostile(url: String) throws {
        let gate = GateFixture.gate { $0.net = ["*", "example.com", "evil.example", "127.0.0.1"] }
        let denial = try #require(GateFixture.denial { () throws(AccessDenial) in try gate.checkHTTP(url) })
        #expect(denial.reason.hasPrefix("Invalid URL: '"))
        #expect(denial.rule == "form of addresses" && !denial.remedy.isEmpty)
        #expect(throws: AccessDenial.self) { try AllowAll(capsule: "probe").checkHTTP(url) }
    }

    @Test(
        "knows an address of version 4 in every form that others read",
        arguments: [
            ("2130706433", "127.0.0.1"), ("017700000001", "127.0.0.1"), ("0x7f000001", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("127.1", "127.0.0.1"), ("127.0.1", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"), ("0X7F.1", "127.0.0.1"),
            ("0", "0.0.0.0"), ("0x", "0.0.0.0"), ("1.0x", "1.0.0.0"), ("4294967295", "255.255.255.255"),
            ("1.16777215", "1.255.255.255"),
            ("0xa9.0xfe.0xa9fe", "169.254.169.254"), ("0x7f.0.0.01.", "127.0.0.1"), ("00", "0.0.0.0"),
        ])
    func oddForms(host: String, address: String) throws {
        let expected = try #require(IPAddress(address))
        #expect(throws: NetworkHost.Fault.oddAddress(expected)) { try NetworkHost(host) }
        #expect(throws: HTTPTarget.Fault.host(.oddAddress(expected))) { try HTTPTarget(parsing: "http://\(host):80/") }
    }

    @Test(
        "gives what is to be requested in its plainest form",
        arguments: [
            ("HTTP://Example.COM", "http://example.com/"),
            ("https://example.com.:443/a?b#c", "https://example.com/a?b"),
            ("http://example.com:443", "http://example.com:443/"),
            ("https://example.com?x=%41", "https://example.com/?x=%41"),
            ("https://example.com/?u=a@b.example", "https://example.com/?u=a@b.example"),
            ("http://[::FFFF:1.2.3.4]:81/", "http://[0:0:0:0:0:ffff:102:304]:81/"),
            ("https://1.2.3.4./..", "https://1.2.3.4/.."),
            ("https://xn--exmple-cua.com/", "https://xn--exmple-cua.com/"),
            ("http://_dmarc.example.com/", "http://_dmarc.example.com/"),
            ("http://0x7f.example.com/", "http://0x7f.example.com/"), ("http://1.2.3.4a/", "http://1.2.3.4a/"),
        ])
    func plain(url: String, text: String) throws {
        let target = try HTTPTarget(parsing: url)
        #expect(target.text == text)
        #expect(try HTTPTarget(parsing: target.text) == target)
    }

    @Test(
        "lets connections through to the host and the port that are declared",
        arguments: [
            ("db.example.com:5432", true), ("DB.Example.COM.:5432", true), ("db.example.com:5433", false),
            ("a.db.example.com:5432", false), ("example.com:5432", false), ("cache.example.com:6379", true),
            ("cache.example.com:1", true), ("[::1]:53", true), ("[0:0::1]:53", true), ("[::1]:54", false),
            ("1.2.3.4:1", true),
            ("db.example.com", false), ("db.example.com:", false), ("db.example.com:0", false),
            ("db.example.com:*", false),
            ("db.example.com:05432", false), (":5432", false), ("", false), (":", false), ("*:5432", false),
            ("::1:53", false),
            ("db.example.com:5432:5432", false), ("user@db.example.com:5432", false),
            ("tcp://db.example.com:5432", false),
            ("db.example.com:5432 ", false), ("0x01020304:1", false), ("16909060:1", false),
            ("db.example.com:+5432", false),
        ])
    func connections(target: String, isAllowed: Bool) throws {
        let gate = try GateFixture.gate(
            #""netConnect": ["db.example.com:5432", "Cache.example.com.:*", "[::1]:53", "1.2.3.4:*"]"#)
        let denial = GateFixture.denial { () throws(AccessDenial) in try gate.checkConnect(target) }
        #expect((denial == nil) == isAllowed, "\(denial?.description ?? "allowed")")
    }

    @Test("says what is to be written for a connection")
    func connectionDenial() throws {
        let gate = try GateFixture.gate(#""net": ["*"]"#)
        let denial = try #require(
            GateFixture.denial { () throws(AccessDenial) in try gate.checkConnect("DB.example:5432") })
        #expect(denial.reason == #""db.example:5432" not in net_connect allowlist"#)
        #expect(denial.remedy == #"add "db.example:5432" to capabilities.netConnect in manifest.json"#)
    }

    @Test(
        "lets listen where something is declared (row S-081)",
        arguments: [
            ([], nil, false), (["127.0.0.1:8080"], nil, true), ([""], nil, false), (["", "unix:/run/a"], nil, true),
            (["127.0.0.1:8080"], "127.0.0.1:8080", true), (["127.0.0.1:8080"], "0.0.0.0:8080", false),
            ([""], "", false),
            (["unix:/run/a"], "unix:/run/ab", false),
        ] as [([String], String?, Bool)])
    func binding(netBind: [String], address: String?, isAllowed: Bool) {
        let gate = GateFixture.gate { $0.netBind = netBind }
        #expect((GateFixture.denial { () throws(AccessDenial) in try gate.checkBind(address) } == nil) == isAllowed)
    }

    @Test("lets nothing through where the manifest has no network (row U-004)")
    func noNetwork() throws {
        let manifest = try GateFixture.manifest(
            #""capabilities": {"net": ["*"], "netConnect": ["a.example:*"], "netBind": ["x"]}"#,
            #""sandbox": {"networkAccess": false, "resourceLimits": {"maxNetworkCalls": 5}}"#)
        let gate = ManifestGate(manifest, workspace: nil, home: nil)
        let denials = [
            GateFixture.denial { () throws(AccessDenial) in try gate.checkHTTP("https://a.example/") },
            GateFixture.denial { () throws(AccessDenial) in try gate.checkConnect("a.example:1") },
            GateFixture.denial { () throws(AccessDenial) in try gate.checkBind("x") },
        ]
        #expect(denials.allSatisfy { $0?.rule == "sandbox.networkAccess" })
        #expect(denials.map { $0?.check } == [.http, .netConnect, .netBind])
        let allowance = NetworkAllowance(manifest)
        #expect(GateFixture.denial { () throws(AccessDenial) in try allowance.take() }?.rule == "sandbox.networkAccess")
        #expect(allowance.used == 0)
    }

    @Test("lets only public addresses be connected to, whatever a name was")
    func resolved() throws {
        let gate = try GateFixture.gate(#""net": ["*"], "netConnect": ["a.example:1", "10.0.0.1:*"]"#)
        let request = try gate.checkHTTP("https://a.example/")
        let connection = try gate.checkConnect("a.example:1")
        func denial(_ address: IPAddress, _ host: NetworkHost, _ check: GateCheck, _ gate: some Gate) -> AccessDenial? {
            GateFixture.denial { () throws(AccessDenial) in try gate.checkResolved(address, of: host, for: check) }
        }
        for text in ["127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "::1", "64:ff9b::a00:1"] {
            let address = try #require(IPAddress(text))
            #expect(denial(address, request.host, .http, gate)?.rule == "public addresses", "\(text)")
            #expect(denial(address, connection.host, .netConnect, gate)?.check == .netConnect, "\(text)")
            #expect(denial(address, request.host, .http, AllowAll(capsule: "probe")) == nil)
        }
        let known = try #require(IPAddress("93.184.216.34"))
        #expect(denial(known, request.host, .http, gate) == nil)
        #expect(denial(known, connection.host, .netConnect, gate) == nil)
        #expect(denial(known, request.host, .http, DenyAll(capsule: "probe")) != nil)
        // An address that the manifest names is one that was approved; not so for requests.
        let named = try #require(IPAddress("10.0.0.1"))
        #expect(denial(named, try gate.checkConnect("10.0.0.1:5432").host, .netConnect, gate) == nil)
        #expect(denial(named, try gate.checkHTTP("http://10.0.0.1/").host, .http, gate) != nil)
    }

    @Test(
        "counts requests, and refuses the one after the last (row U-004)",
        arguments: [([], 100), ([0], 0), ([3], 3), ([3, nil, 2], 2), ([nil], 100)] as [([Int?], Int)])
    func allowance(limits: [Int?], most: Int) throws {
        let allowance = NetworkAllowance(capsule: "probe", limits: limits)
        for _ in 0..<most { try allowance.take() }
        let denial = GateFixture.denial { () throws(AccessDenial) in try allowance.take() }
        #expect((denial != nil) == (allowance.limit != nil))
        if let denial {
            #expect(denial.layer == .quota && denial.rule == "sandbox.resourceLimits.maxNetworkCalls")
            #expect(denial.reason.hasPrefix("network call \(most + 1) of a run"))
            #expect(allowance.used == most)
        }
    }

    @Test("counts no request too many for several threads")
    func threads() async throws {
        let allowance = NetworkAllowance(capsule: "probe", limits: [500])
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<100).count { _ in (try? allowance.take()) != nil } }
            }
            return await group.reduce(0, +)
        }
        #expect(allowed == 500 && allowance.used == 500)
    }
}
