import Foundation
import TestSupport
import Testing

/// What is not approved, not signed, not what it says, or not whole does not come in.
@Suite(.onTestThreads) struct InstallationSafetyTests {
    /// A source and a workspace that has it as `origin`.
    private func pair() throws -> (source: ReleaseSource, shop: AmxTool) {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        return (source, try user.workspace("shop", remote: source.path))
    }

    /// The documents, the capsules, and the events other than those of failures.
    private func state(_ shop: AmxTool) throws -> [String] {
        let folder = "\(shop.directory)/knowledge/capsules"
        let forms = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let store = try FileManager.default.contentsOfDirectory(atPath: "\(shop.directory)/.aimatrix/store").sorted()
        return [shop.text("amx.json") ?? "none", shop.text("amx.lock") ?? "none"] + forms + store
            + (try shop.eventTypes().filter { !$0.hasPrefix("error ") })
    }

    @Test func growthNeedsAnApprovalAndWithoutOneNothingComes() throws {
        let (source, shop) = try pair()
        try source.release(
            "desk", "1.0.0", needs: [:], #""permissions": [{"resource": "orders", "actions": ["read"]}]"#)
        try shop.json("add", "desk")
        try source.release(
            "desk", "1.1.0",
            #""permissions": [{"resource": "orders", "actions": ["read", "delete"]}], "hooks": {"postUpdate": "run.sh"}"#
        )
        let before = try state(shop)
        let refused = try shop.fails(7, "update", saying: "needs an approval")
        #expect(refused.errors.contains("delete"), "\(refused.errors)")
        #expect(try state(shop) == before)
        let preview = try shop.json("update", "--dry-run")
        #expect(preview["approvals"][0]["capsule"].string == "desk")
        #expect(preview["approvals"][0]["reason"].string == "growth")
        #expect(preview["riskAssessment"]["level"].string == "high")
        #expect(try state(shop) == before)
        // The hook waits and is not run.
        let updated = try shop.json("update", "--approve")
        #expect(updated["pendingHooks"].array.map { $0["phase"].string } == ["postUpdate"])
        #expect(try shop.installed() == ["desk 1.1.0"])
        #expect(try shop.eventTypes().contains("approved desk"))
        let approvals = try JSONNode(
            Array(Data(contentsOf: URL(fileURLWithPath: "\(shop.directory)/.aimatrix/approvals.json"))))
        #expect(approvals["pendingHooks"][0]["phase"].string == "postUpdate")
        #expect(approvals["approvals"].array.map { $0["version"].string } == ["1.0.0", "1.1.0"])
        // Less than was approved, and what was approved before, need none.
        try shop.json("rollback", "desk")
        try shop.json("update")
        #expect(try shop.installed() == ["desk 1.1.0"])
    }

    @Test func whatFirstComesAsksForAllThatIsOfMoreThanLowRisk() throws {
        let (source, shop) = try pair()
        try source.release("net", "1.0.0", needs: [:], #""resources": {"network": {"outbound": ["*"]}}"#)
        try source.release("app", "1.0.0", needs: ["net": "^1.0.0"])
        let before = try state(shop)
        try shop.fails(7, "add", "app", saying: "net 1.0.0 needs an approval")
        #expect(try state(shop) == before)
        try shop.json("add", "app", "--approve")
        #expect(try shop.installed() == ["app 1.0.0", "net 1.0.0"])
    }

    @Test func thePolicyWantsSignaturesBeforeAnythingIsVisible() throws {
        let (source, shop) = try pair()
        try source.release("app", "1.0.0")
        try shop.json("config", "policy.requireSigned", "refs/tags/v*")
        let before = try state(shop)
        let outcome = try shop.run("add", "app")
        #expect([5, 7].contains(outcome.status), "\(outcome.errors)")
        #expect(outcome.errors.contains("sign"), "\(outcome.errors)")
        #expect(try state(shop) == before)
        try shop.json("config", "unset", "policy.requireSigned")
        try shop.json("add", "app")
    }

    /// A publisher who signs, over a hub and from a folder: what somebody trusted has signed comes, what a stranger has signed does not.
    @Test(arguments: [false, true]) func whatThePolicyWantsSignedComesSigned(overAHub: Bool) throws {
        let hub = overAHub ? try HubProcess() : nil
        let ada = try AmxTool("Ada", token: hub?.token)
        let source = try ReleaseSource(of: ada, remote: hub?.remote)
        try source.tool.json("key", "new", "--no-passphrase")
        try source.tool.json("config", "tag.gpgSign", "true")
        try source.release("lib", "1.0.0")
        try source.release("app", "1.0.0", needs: ["lib": "^1.0.0"])
        let grace = try AmxTool("Grace", token: hub?.token)
        let shop = try grace.workspace("shop", remote: hub?.remote ?? source.path)
        if overAHub { try source.tool.json("push") }
        try shop.json("config", "policy.requireSigned", "refs/tags/v*")
        let before = try state(shop)
        try shop.fails(7, "add", "app", saying: "nobody has said whose key that is")
        #expect(try state(shop) == before)
        try shop.json("trust", "add", "ada@example.com", ada.home.appending(".config/amx/keys/signing.pub"))
        let added = try shop.json("add", "app")
        #expect(added["riskAssessment"]["reasons"].array.allSatisfy { $0["rule"].string != "unsigned" })
        #expect(try shop.installed() == ["app 1.0.0", "lib 1.0.0"])
        let verified = try shop.json("verify", "app@v1.0.0", "--require-signed")["results"][0]["signature"]
        #expect(verified["trust"].string == "allowed", "\(verified)")
        // The next one that nobody has signed stays out, and so what is here stays.
        try source.tool.json("config", "tag.gpgSign", "false")
        try source.release("lib", "1.1.0")
        if overAHub { try source.tool.json("push") }
        try shop.fails(7, "update", saying: "release v1.1.0 is not signed")
        #expect(try shop.installed() == ["app 1.0.0", "lib 1.0.0"])
        withExtendedLifetime(hub) {}
    }

    /// What works with another Amx only is not chosen; where nothing else would do, that is the reason. Node.js and Python are told of.
    @Test func theVersionsOfAmxThatACapsuleWorksWithCount() throws {
        let (source, shop) = try pair()
        try source.release("app", "1.0.0", #""aimatrixVersion": ">=0.1.0""#)
        try source.release("app", "1.1.0", #""aimatrixVersion": ">=900.0.0""#)
        try shop.json("add", "app@^1.0.0")
        #expect(try shop.installed() == ["app 1.0.0"])
        let before = try state(shop)
        let refused = try shop.fails(
            6, "add", "app@=1.1.0", saying: "app 1.1.0 cannot be used: it works with Amx >=900.0.0, and this is ")
        #expect(refused.errors.contains("no versions fit together"), "\(refused.errors)")
        #expect(try state(shop) == before)
        // What is locked by somebody whose Amx it works with is not moved behind their back.
        let lock = try #require(shop.text("amx.lock"))
        var other = lock.replacing("1.0.0", with: "1.1.0")
        let (old, new) = (try source.tool.show("app@v1.0.0"), try source.tool.show("app@v1.1.0"))
        other = other.replacing(old.commit, with: new.commit).replacing(old.digest, with: new.digest)
        let trees = try ["v1.0.0", "v1.1.0"].map {
            try Tool.git(["rev-parse", "\($0)^{tree}"], in: source.tool.repository("app"))
        }
        other = other.replacing(trees[0], with: trees[1])
        try Data(other.utf8).write(to: URL(fileURLWithPath: "\(shop.directory)/amx.lock"))
        try shop.fails(6, "install", saying: "Platform version 0.1.0 incompatible with required >=900.0.0")
        #expect(shop.text("amx.lock") == other)
        try shop.json("update", "app")
        #expect(try shop.installed() == ["app 1.0.0"])
        // A program that is not here is no obstacle, and told.
        try source.release("tool", "1.0.0", #""nodeVersion": ">=900.0.0", "pythonVersion": ">=900.0.0""#)
        let added = try shop.json("add", "tool")
        let warnings = added["warnings"].array.compactMap(\.string)
        #expect(warnings.count == 2 && warnings.allSatisfy { $0.contains(">=900.0.0, and ") }, "\(warnings)")
    }

    /// Somebody has replaced the release at its place by another one of the same version.
    @Test func aReplacedReleaseIsRefused() throws {
        let (source, shop) = try pair()
        try source.release("app", "1.0.0")
        try source.release("lib", "1.0.0")
        try shop.json("add", "app")
        let git = { (arguments: [String]) in try Tool.git(arguments, in: source.tool.repository("app")) }
        try source.tool.write("app", "knowledge/notes.md", "other\n")
        try source.tool.json("commit", "app", "-m", "Other")
        _ = try git(["tag", "--force", "-a", "v1.0.0", "-m", "Again", "main"])
        let before = try state(shop)
        try shop.fails(5, "update", saying: "app")
        try shop.fails(5, "add", "lib", saying: "a release never changes")
        #expect(try state(shop) == before)
    }

    /// The tag states a digest that its content does not have.
    @Test func aReleaseThatIsNotWhatItStatesIsRefused() throws {
        let (source, shop) = try pair()
        try source.release("lib", "1.0.0")
        try source.release("app", "1.0.0", needs: ["lib": "^1.0.0"])
        let repository = source.tool.repository("lib")
        let message = try Tool.git(["for-each-ref", "--format=%(contents)", "refs/tags/v1.0.0"], in: repository)
        let forged = message.replacing(/sha256:[0-9a-f]{8}/, with: "sha256:00000000")
        #expect(forged != message)
        try Tool.git(["tag", "--force", "-a", "v1.0.0", "-m", forged, "main"], in: repository)
        let before = try state(shop)
        let outcome = try shop.run("add", "app")
        #expect(outcome.status == 5, "\(outcome.status) \(outcome.errors)")
        #expect(try state(shop) == before)
        // That it failed is recorded, with where and why (row A-074).
        let events = try shop.json("events", "--type", "error")["events"].array
        #expect(events.map { $0["capsuleId"].string } == ["lib"])
        let payload = try #require(events.first)["payload"]
        #expect(payload["phase"].string == "fetch" && payload["version"].string == "1.0.0", "\(payload)")
        #expect(outcome.errors.contains(payload["error"].string ?? "-"), "\(payload)")
        let record = try shop.json("events", "--state", "--record", "lib")["installations"][0]
        #expect(record["status"].string == "failed" && record["retryCount"].int == 1)
        #expect(record["errorMessage"] == payload["error"])
    }

    /// What a newer version has left half done is its own to end: every command says so, and nothing is installed over it.
    @Test func anOperationOfANewerVersionIsKeptAndTold() throws {
        let (source, shop) = try pair()
        try source.release("app", "1.0.0")
        let note = "\(shop.directory)/.aimatrix/pending/@operation"
        try FileManager.default.createDirectory(
            atPath: "\(shop.directory)/.aimatrix/pending", withIntermediateDirectories: true)
        try Data(#"{"schema": 9, "operation": "later"}"#.utf8).write(to: URL(fileURLWithPath: note))
        let status = try shop.run("status")
        #expect(
            status.status == 0 && status.errors.contains("warning: an operation that was cut off"), "\(status.errors)")
        #expect(status.errors.contains("newer version of Amx"))
        try shop.fails(1, "add", "app", saying: "newer version of Amx")
        #expect(FileManager.default.fileExists(atPath: note))
        try FileManager.default.removeItem(atPath: note)
        try shop.json("add", "app")
    }

    /// A fetch was killed after its objects had come and before its tag had: the next one brings the tag.
    @Test func objectsWithoutTheirTagAreFetchedAgain() throws {
        let (source, shop) = try pair()
        try source.release("lib", "1.0.0")
        try shop.json("add", "lib")
        try source.release("lib", "1.1.0")
        let repository = shop.repository("lib")
        try Tool.git(["fetch", "--quiet", "--no-tags", source.tool.repository("lib"), "main"], in: repository)
        try FileManager.default.removeItem(atPath: "\(repository)/FETCH_HEAD")
        #expect(try Tool.git(["cat-file", "-t", source.tool.show("lib@v1.1.0").commit], in: repository) == "commit")
        try shop.json("update")
        #expect(try shop.installed() == ["lib 1.1.0"])
        #expect(try !shop.eventTypes().contains("error lib"))
        try shop.check("lib")
    }

    /// Ctrl-C while releases are fetched: nothing has come, and the next command goes on.
    @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedFetchLeavesEverything(_ signal: Int32) throws {
        let hub = try HubProcess()
        let user = try AmxTool("Ada", token: hub.token)
        let source = try ReleaseSource(of: user, remote: hub.remote)
        var generator = SeededGenerator(seed: 5)
        try source.release("lib", "0.1.0")
        try source.tool.write("lib", "knowledge/noise.txt", Data(generator.bytes(300_000)).base64EncodedString())
        try source.release("lib", "1.0.0")
        try source.release("app", "1.0.0", needs: ["lib": "^1.0.0"])
        try source.tool.json("push")
        let proxy = try ProxyProcess(slowing: hub.url, size: 2_000, pause: 0.05, free: 12_000)
        let shop = try user.workspace("shop", remote: "http://127.0.0.1:\(proxy.port)/acme")
        let before = try state(shop)
        let run = try shop.start("add", "app")
        let tmp = "\(shop.directory)/.aimatrix"
        let isUnderWay = Patience.waits {
            let names = FileManager.default.enumerator(atPath: tmp)?.allObjects.compactMap { $0 as? String } ?? []
            return names.contains { $0.contains("incoming-") || $0.contains(".part") }
        }
        #expect(isUnderWay)
        run.send(signal)
        #expect(run.waitUntilExit() == 130)
        #expect(try state(shop) == before)
        try shop.json("remote", "set-url", "origin", hub.remote)
        try shop.json("add", "app")
        #expect(try shop.installed() == ["app 1.0.0", "lib 1.0.0"])
        let left = FileManager.default.enumerator(atPath: tmp)?.allObjects.compactMap { $0 as? String } ?? []
        #expect(left.filter { $0.contains("incoming-") || $0.hasPrefix("incoming/") || $0.hasPrefix("tmp/") } == [])
    }
}
