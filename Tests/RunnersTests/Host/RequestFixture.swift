import Capsules
import Foundation
import Guard
import Objects
import Synchronization
import TestSupport

@testable import Runners

/// A server on the loopback, and a host that reaches it by the names of a made-up internet.
struct RequestFixture {
    let server: ScriptServer
    let resolver: ScriptedResolver
    var fixture: HostFixture

    /// The capsule may reach `api.test` and `other.test`, which are the server's, as far as the members of the manifest
    /// say so.
    init(
        net: [String] = ["api.test", "other.test"], sandbox: JSONObject = JSONObject(),
        answers: [String: [[String]]] = ["api.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]],
        permits: [String] = ["127.0.0.1"], permissions: [JSONValue] = []
    ) throws {
        server = try ScriptServer(Self.script)
        resolver = ScriptedResolver(answers)
        let members: JSONObject = [
            "capabilities": ["net": .strings(net)], "sandbox": .object(sandbox), "permissions": .array(permissions),
        ]
        let manifest = try HostFixture.manifest(members)
        let gate = LenientGate(
            base: ManifestGate(manifest, workspace: nil, home: nil),
            permitted: Set(permits.compactMap { IPAddress($0) }))
        let broker = HTTPBroker(gate: gate, allowance: NetworkAllowance(manifest), resolver: resolver)
        fixture = try HostFixture(members, http: broker)
    }

    /// The address of a path by the server's name.
    func url(_ path: String, host: String = "api.test") -> String { "http://\(host):\(server.port)\(path)" }

    /// Gets a path.
    mutating func get(_ path: String, _ more: JSONObject = JSONObject()) throws(HostFault) -> JSONValue {
        try fixture.ask("http.request", parameters(path, more))
    }

    func parameters(_ path: String, _ more: JSONObject = JSONObject()) -> JSONValue {
        let url = path.hasPrefix("/") ? url(path) : path
        let usual: [(String, JSONValue)] = [("method", "GET"), ("url", .string(url))]
        return .object(JSONObject(usual + more.members.map { ($0.key, $0.value) }))
    }

    /// What the server was asked, as its `/echo` tells.
    mutating func echo(_ path: String = "/echo", _ more: JSONObject = JSONObject()) throws -> JSONValue {
        try JSONParser.parse(get(path, more)["body"]?.string ?? "")
    }

    private static let script = #"""
        import base64, http.server, json, loopback, time, urllib.parse
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *arguments): pass
            def answer(self, status, body=b"", headers=()):
                self.send_response(status)
                for name, value in headers: self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD": self.wfile.write(body)
            def do(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.partition("?")
                query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
                try:
                    self.route(path.split("/")[1:], query, body)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
            def route(self, words, query, body):
                if words[0] == "echo":
                    told = {"method": self.command, "path": self.path, "headers": [[n.lower(), v] for n, v in self.headers.items()],
                            "body": base64.b64encode(body).decode()}
                    self.answer(200, json.dumps(told).encode(), [("Content-Type", "application/json")])
                elif words[0] == "status":
                    self.answer(int(words[1]), b"status")
                elif words[0] == "to":
                    headers = [("Location", query["at"])] if "at" in query else []
                    self.answer(int(query.get("code", "302")), b"gone", headers)
                elif words[0] == "again":
                    self.answer(302, b"", [("Location", "/again/%d" % (int(words[1]) - 1) if int(words[1]) > 1 else "/echo")])
                elif words[0] == "bytes":
                    self.answer(200, b"x" * int(words[1]))
                elif words[0] == "chunks":
                    self.send_response(200)
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    while True: self.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                elif words[0] == "headers":
                    self.answer(200, b"", [("X-%d" % n, "y" * 200) for n in range(int(words[1]))])
                elif words[0] == "binary":
                    self.answer(200, b"a\xff\x00")
                elif words[0] == "cookies":
                    self.answer(200, b"", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Odd", "caf\xe9")])
                elif words[0] == "interim":
                    self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
                    self.answer(200, b"late")
                elif words[0] == "slow":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000000")
                    self.end_headers()
                    while True:
                        self.wfile.write(b"x"); self.wfile.flush(); time.sleep(0.02)
                elif words[0] == "hang":
                    time.sleep(600)
                elif words[0] == "cut":
                    self.send_response(200)
                    self.send_header("Content-Length", "10")
                    self.end_headers()
                    self.wfile.write(b"x"); self.wfile.flush(); self.connection.shutdown(2); self.close_connection = True
            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do
        loopback.serve(Handler)
        """#
}

/// Gives answers in turn for each name, the last one again and again, and counts.
final class ScriptedResolver: AddressResolver {
    private let answers: Mutex<[String: [[IPAddress]]]>
    private let asked = Mutex<[String]>([])

    init(_ answers: [String: [[String]]]) {
        self.answers = Mutex(answers.mapValues { $0.map { $0.compactMap { IPAddress($0) } } })
    }

    /// The names that were asked for.
    var names: [String] { asked.withLock { $0 } }

    func addresses(of name: String, until deadline: Int64) -> [IPAddress]? {
        asked.withLock { $0.append(name) }
        return answers.withLock { answers in
            guard let turns = answers[name], let first = turns.first else { return [] }
            if turns.count > 1 { answers[name] = Array(turns.dropFirst()) }
            return first
        }
    }
}

/// The manifest's gate, which takes some addresses for public ones.
struct LenientGate: Gate {
    let base: ManifestGate
    let permitted: Set<IPAddress>

    var capsule: String { base.capsule }

    func checkResolved(_ address: IPAddress, of host: NetworkHost, for check: GateCheck) throws(AccessDenial) {
        if !permitted.contains(address) { try base.checkResolved(address, of: host, for: check) }
    }

    func checkHTTP(_ url: String) throws(AccessDenial) -> HTTPTarget { try base.checkHTTP(url) }
    func checkFile(_ path: String, for access: FileAccess) throws(AccessDenial) {
        try base.checkFile(path, for: access)
    }
    func openFile(
        _ path: String, for access: FileAccess, creating: Bool, truncating: Bool
    ) throws(AmxError) -> OpenFile {
        try base.openFile(path, for: access, creating: creating, truncating: truncating)
    }
    func checkProcess(_ words: [String]) throws(AccessDenial) { try base.checkProcess(words) }
    func checkConnect(_ target: String) throws(AccessDenial) -> ConnectTarget { try base.checkConnect(target) }
}
