import Foundation
import HubServer
import TestSupport
import Testing

/// `amx-hub` as its user sees it: output, errors and exit statuses.
@Suite struct CommandTests {
    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Tool.Outcome {
        try await Offload.run { try Tool.run(HubProcess.program, arguments, environment: environment) }
    }

    @Test func administersAHub() async throws {
        let folder = try TemporaryDirectory()
        let data = folder.appending("data")
        let made = try await run("init", "--data", data, "--owner", "acme", "--json")
        #expect(made.status == 0)
        #expect(made.text.wholeMatch(of: /\{"owner":"acme","token":"amx_[0-9a-f]{64}"\}\n/) != nil)
        let again = try await run("init", "--data", data, "--owner", "acme")
        #expect(again.status == 6)
        #expect(again.output.isEmpty)
        #expect(
            again.errors == """
                error: cannot initialise \(data): it is a hub's data directory already
                hint: make a new token with `amx-hub token create --data \(data) --owner NAME --rights admin`

                """)
        #expect(try await run("owner", "add", "globex", "--data", data).text == "Added the owner globex.\n")
        let twice = try await run("owner", "add", "globex", "--data", data)
        #expect(twice.status == 6)
        #expect(
            twice.errors == """
                error: cannot add the owner globex: there is one of that name
                hint: `amx-hub owner list` shows them; `amx-hub token create --owner globex` makes it a token

                """)
        #expect(try await run("owner", "list", environment: ["AMX_HUB_DATA": data]).text == "acme\nglobex\n")
        let token = try await run(
            "token", "create", "--owner", "globex", "--rights", "write", "--expires", "90d", "--data", data, "--json")
        let match = try #require(
            token.text.wholeMatch(
                of:
                    /\{"created":"[^"]+Z","expires":"[^"]+Z","id":"([0-9a-f]{10})","lastUsed":null,"owner":"globex","revoked":null,"rights":\["read","write"\],"token":"(amx_[0-9a-f]{64})"\}\n/
            ))
        let list = try await run("token", "list", "--data", data)
        #expect(list.text.split(separator: "\n").count == 3)
        #expect(list.text.contains("\(match.1)  globex  read,write"))
        #expect(!list.text.contains("amx_"))
        #expect(try await run("token", "revoke", String(match.1), "--data", data).status == 0)
        #expect(try await run("token", "revoke", "none", "--data", data).status == 3)
        #expect(try await run("token", "list", "--data", data).text.contains("revoked"))
        #expect(try await run("token", "create", "--owner", "nobody", "--rights", "read", "--data", data).status == 3)
        #expect(
            try await run("fsck", "--data", data, "--json").text
                == "{\"findings\":[],\"notes\":[],\"objects\":0,\"repositories\":0}\n")
    }

    @Test(arguments: [
        ["bogus"], ["init"], ["serve", "--listen", "nonsense", "--data", "x"], ["token", "create", "--owner", "acme"],
        ["token", "create", "--owner", "acme", "--rights", "root", "--data", "x"], ["serve"],
        ["token", "create", "--owner", "acme", "--rights", "read", "--expires", "soon", "--data", "x"],
    ])
    func reportsWrongUsage(arguments: [String]) async throws {
        let plain = try await Offload.run { try Tool.run(HubProcess.program, arguments) }
        #expect(plain.status == 2)
        #expect(plain.output.isEmpty)
        #expect(plain.errors.hasPrefix("error: ") && plain.errors.contains("\nhint: "))
        let json = try await Offload.run { try Tool.run(HubProcess.program, arguments + ["--json"]) }
        #expect(json.status == 2)
        #expect(json.errors.hasPrefix("{\"error\":{\"code\":\"usage\","))
        #expect(json.errors.hasSuffix("}}\n"))
    }

    @Test(arguments: [
        [], ["init"], ["owner"], ["owner", "add"], ["owner", "list"], ["token"], ["token", "create"],
        ["token", "list"],
        ["token", "revoke"], ["policy"], ["policy", "list"], ["policy", "add"], ["policy", "remove"],
        ["policy", "trust"], ["policy", "distrust"], ["policy", "revoke"], ["serve"], ["fsck"], ["man"],
        ["completions"],
    ])
    func helpsWithAnExample(command: [String]) async throws {
        let help = try await Offload.run { try Tool.run(HubProcess.program, command + ["--help"]) }
        #expect(help.status == 0)
        #expect(help.errors.isEmpty)
        #expect(help.text.contains("Example:\n  amx-hub "))
    }

    @Test func saysThatAPortIsTaken() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        let process = try HubProcess(folder)
        let address = try await process.served().url.replacing("http://", with: "")
        let data = folder.appending("second")
        #expect(try await run("init", "--data", data, "--owner", "acme").status == 0)
        let second = try await run("serve", "--data", data, "--listen", address)
        #expect(second.status == 1)
        #expect(second.errors.contains("error: cannot serve on \(address): Address already in use\nhint: "))
        process.terminate()
        #expect(try await process.end() == 0)
    }

    @Test func keepsTheLimitsOfItsConfiguration() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        let data = folder.appending("data")
        let first = try HubProcess(folder)
        _ = try await first.served()
        first.terminate()
        #expect(try await first.end() == 0)
        try await Offload.succeed(["config", "--file", "\(data)/config", "limits.objectBytes", "2k"], in: folder.path)
        let process = try HubProcess(folder)
        let hub = try await process.served()
        let work = try await Clone(capsule: "demo")
        try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
        try work.write("knowledge/long.md", String(repeating: "long ", count: 500))
        try await work.commit("Long")
        let refused = try await work.attempt("push", hub.remote("acme/demo.git"), "main")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("the limit 'objectBytes' is 2048"), "\(refused.errors)")
        #expect(
            refused.errors.contains(
                "have 'limits.objectBytes' raised where it is received: in the file `config` of a hub's data directory"),
            "\(refused.errors)")
        process.terminate()
        #expect(try await process.end() == 0)
    }

    @Test(arguments: [
        ("[limits]\n\tpackBytes = plenty\n", "limits.packBytes cannot be 'plenty'", "give a whole number from 1 to "),
        ("[limits]\n\tjsonDepth = 0\n", "limits.jsonDepth cannot be '0'", "give a whole number from 1 to 512"),
        ("[limits\n", "cannot read ", "correct the file"),
    ])
    func startsWithGoodLimitsOnly(text: String, words: String, hint: String) async throws {
        let folder = try TemporaryDirectory()
        let data = folder.appending("data")
        #expect(try await run("init", "--data", data, "--owner", "acme").status == 0)
        try folder.write("data/config", text: text)
        let outcome = try await run("serve", "--data", data, "--listen", "127.0.0.1:0")
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("error: ") && outcome.errors.contains("\(data)/config"), "\(outcome.errors)")
        #expect(outcome.errors.contains(words) && outcome.errors.contains("\nhint: \(hint)"), "\(outcome.errors)")
    }

    @Test func warnsOfLimitsThatItDoesNotKnow() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        let first = try HubProcess(folder)
        _ = try await first.served()
        first.terminate()
        #expect(try await first.end() == 0)
        try folder.write("data/config", text: "[limits]\n\tpackByte = 2k\n\tentries = 10\n[zzz]\n\tyyy = 1\n")
        let process = try HubProcess(folder)
        _ = try await process.served()
        process.terminate()
        #expect(try await process.end() == 0)
        let log = try process.log()
        #expect(
            log.contains("sets limits.packbyte, which the hub does not read: did you mean 'limits.packBytes'"),
            "\(log)")
        #expect(
            log.contains("sets zzz.yyy, which the hub does not read\"") && !log.contains("limits.entries"), "\(log)")
    }

    @Test func findsDamage() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        let process = try HubProcess(folder)
        let hub = try await process.served()
        let work = try await Clone(capsule: "demo")
        try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
        process.terminate()
        #expect(try await process.end() == 0)
        let data = folder.appending("data")
        #expect(try await run("fsck", "--data", data).status == 0)
        let packs = "\(hub.repository("acme/demo"))/objects/pack"
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: packs).first { $0.hasSuffix(".pack") })
        let pack = URL(fileURLWithPath: "\(packs)/\(name)")
        let whole = try Data(contentsOf: pack)
        // One bit in each of several places, header and checksum left out.
        for place in stride(from: 12, to: whole.count - 20, by: 17) {
            var damaged = whole
            damaged[place] ^= 4
            try damaged.write(to: pack)
            let found = try await run("fsck", "--data", data)
            #expect(found.status == 5, "at \(place)")
            #expect(found.text.contains("  acme/demo  objects/pack/"))
            #expect(found.text.contains("move the repository away and clone, fetch or push it again"))
        }
        try whole.write(to: pack)
        #expect(try await run("fsck", "--data", data).status == 0)
        let refs = "\(hub.repository("acme/demo"))/packed-refs"
        let text = try String(contentsOfFile: refs, encoding: .utf8)
        let lost = text.replacing(
            /[0-9a-f]{40} refs\/heads\/main/, with: "\(String(repeating: "1", count: 40)) refs/heads/main")
        try lost.write(toFile: refs, atomically: true, encoding: .utf8)
        let found = try await run("fsck", "--data", data, "--json")
        #expect(found.status == 5)
        #expect(found.text.contains("\"place\":\"refs/heads/main\",\"problem\":\"it points at"))
        #expect(found.errors.contains("\"code\":\"verification\""))
    }
}
