import Foundation
import TestSupport
import Testing

/// Everything that a lock names in one file, and what installing from it is (rows S-131 and S-134).
@Suite(.onTestThreads) struct BundleTests {
    /// A user with a workspace of releases, and one in which `app`, `lib` and `leaf` are installed.
    private func scene() throws -> (source: ReleaseSource, shop: AmxTool) {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.releaseChain()
        let shop = try user.workspace("shop", remote: source.path)
        try shop.json("add", "app")
        return (source, shop)
    }

    /// Moves a bundle to somebody else's machine, where there is nothing of the first one, and makes a workspace.
    private func other(_ bundle: String, of user: AmxTool) throws -> (tool: AmxTool, bundle: String) {
        let other = try AmxTool()
        let moved = other.home.appending("moved.kcbundle")
        try FileManager.default.moveItem(atPath: bundle, toPath: moved)
        try FileManager.default.removeItem(atPath: user.home.path)
        return (try other.workspace("kiosk"), moved)
    }

    private func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    private func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// Made here, moved to another home, and installed there with no remote at all, as any installation is.
    @Test func itInstallsWhereThereIsNothingElse() throws {
        let (_, shop) = try scene()
        let lock = shop.text("amx.lock")
        let bundle = shop.home.appending("shop.kcbundle")
        let made = try shop.json("bundle", "-o", bundle)
        #expect(made["name"].string == "shop" && made["capsules"].array.count == 3 && made["key"] == .null)
        let listed = try Tool.run("tar", ["-tf", bundle])
        #expect(
            listed.text.split(separator: "\n") == [
                "bundle.json", "amx.json", "amx.lock", "capsules/app-1.0.0.kc", "history/app-1.0.0.pack",
                "capsules/leaf-1.0.0.kc", "history/leaf-1.0.0.pack", "capsules/lib-1.0.0.kc", "history/lib-1.0.0.pack",
            ])
        let (kiosk, file) = try other(bundle, of: shop)
        #expect(try kiosk.json("bundle", "verify", file)["ok"].bool == true)
        #expect(try kiosk.at("/").run("bundle", "verify", file).status == 0)
        let dry = try kiosk.json("install", "--bundle", file, "--dry-run")
        #expect(dry["capsulesToInstall"].array.count == 3 && dry["operation"] == .null, "\(dry)")
        #expect(try kiosk.installed() == [])
        let outcome = try kiosk.run("install", "--bundle", file)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(try kiosk.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"])
        #expect(kiosk.text("amx.lock") == lock)
        #expect(kiosk.text("amx.json")?.contains(#""name": "kiosk""#) == true)
        for arguments in [["install", "--frozen"], ["install"], ["verify"], ["fsck"], ["audit"], ["bundle"]] {
            let outcome = try kiosk.run(arguments)
            #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
        }
        for id in ["app", "leaf", "lib"] { try kiosk.check(id) }
        #expect(try kiosk.json("install", "--bundle", file)["operation"] == .null)
        #expect(
            try kiosk.eventTypes().filter { $0.hasPrefix("installed") }.sorted() == [
                "installed app", "installed leaf", "installed lib",
            ])
        try kiosk.json("undo")
        #expect(try kiosk.installed() == [] && kiosk.text("amx.lock") == nil)
        try kiosk.json("undo")
        #expect(try kiosk.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"])
        #expect(!FileManager.default.fileExists(atPath: "\(kiosk.directory)/.aimatrix/cache/bundles"))
    }

    /// With a remote that nobody answers at, and everything older or newer that is installed moves to the bundle's versions.
    @Test func theSameRequirementsTakeItsVersions() throws {
        let (source, shop) = try scene()
        let old = shop.home.appending("old.kcbundle")
        let new = shop.home.appending("new.kcbundle")
        try shop.json("bundle", "-o", old)
        try source.release("lib", "1.1.0", needs: ["leaf": "^1.0.0"])
        try shop.json("update")
        try shop.json("bundle", "-o", new)
        let kiosk = try shop.at(shop.home.path).workspace("kiosk", remote: "http://127.0.0.1:9/acme")
        try kiosk.json("install", "--bundle", old)
        #expect(try kiosk.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"])
        let update = try kiosk.json("install", "--bundle", new)
        #expect(update["capsulesToUpdate"][0]["id"].string == "lib" && update["capsulesToInstall"].array.isEmpty)
        #expect(try kiosk.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.1.0"])
        #expect(try kiosk.run("install", "--frozen").status == 0)
        try kiosk.json("install", "--bundle", old)
        #expect(try kiosk.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"])
        #expect(try kiosk.run("verify").status == 0 && kiosk.run("fsck").status == 0)
    }

    /// Behind a remote that cannot be reached, what the lock names is enough to go on.
    @Test func whatCameIsKnownOffline() throws {
        let (source, shop) = try scene()
        try source.release("more", "1.0.0")
        let bundle = shop.home.appending("shop.kcbundle")
        try shop.json("add", "lib")
        try shop.json("bundle", "-o", bundle)
        try source.tool.json("pack", "more@v1.0.0", "-o", shop.home.appending("more.kc"))
        let kiosk = try shop.at(shop.home.path).workspace("kiosk", remote: "http://127.0.0.1:9/acme")
        try kiosk.json("install", "--bundle", bundle)
        try kiosk.json("install", "../more.kc", "--offline")
        #expect(try kiosk.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0", "more 1.0.0"])
        try kiosk.json("remove", "app", "--offline")
        #expect(try kiosk.installed() == ["leaf 1.0.0", "lib 1.0.0", "more 1.0.0"])
        try kiosk.fails(6, "install", "--bundle", bundle, saying: "requires something else")
    }

    /// What is asked of a release's own signature is asked in a bundle, too: by the policy, and of a key that is known.
    @Test func releasesKeepTheirSignatures() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        let shop = try user.workspace("shop", remote: source.path)
        let bundle = user.home.appending("shop.kcbundle")
        func release(_ version: String) throws {
            try source.release("app", version)
            try shop.json("add", "app@=\(version)")
            try shop.json("bundle", "-o", bundle, "--no-sign")
        }
        let kiosk = try AmxTool().workspace("kiosk")
        try release("1.0.0")
        try kiosk.json("config", "policy.requireSigned", "refs/tags/v*")
        try kiosk.fails(7, "install", "--bundle", bundle)
        let denied = try kiosk.run("bundle", "verify", bundle, "--json")
        #expect(denied.status == 7)
        #expect(try JSONNode(denied.output)["findings"][0]["code"].string == "denied")
        try kiosk.json("config", "unset", "policy.requireSigned")

        try user.json("key", "new", "--no-passphrase")
        try user.json("config", "--global", "tag.gpgSign", "true")
        try release("1.1.0")
        try kiosk.json("install", "--bundle", bundle)
        #expect(try kiosk.json("bundle", "verify", bundle)["capsules"][0]["signature"]["trust"].string == "first-use")
        let state = (kiosk.text("amx.json"), kiosk.text("amx.lock"))

        try user.json("key", "new", "other", "--no-passphrase")
        let other = user.home.appending(".config/amx/keys/other")
        try user.json("config", "--global", "user.signingKey", other)
        let line = try user.run("key", "show", "other").text.trimmingCharacters(in: .newlines)
        try shop.json("trust", "add", "ada@example.com", line, "--capsule", "app")
        try release("1.1.1")
        try write(Array(try #require(shop.text("amx.json")).utf8), to: "\(kiosk.directory)/amx.json")
        for arguments in [["bundle", "verify", bundle], ["install", "--bundle", bundle]] {
            let outcome = try kiosk.run(arguments)
            #expect(outcome.status == 5 && outcome.errors.contains("signing key has changed"), "\(outcome.errors)")
        }
        #expect(kiosk.text("amx.lock") == state.1)
    }

    /// The same two documents make the same bytes, in copies of a workspace in other folders.
    @Test func theSameLockMakesTheSameBytes() throws {
        let (_, shop) = try scene()
        try shop.json("commit", "-m", "Install app")
        var made: [[UInt8]] = []
        for folder in ["one", "deeper/two"] {
            let place = shop.home.appending(folder)
            let parent = (place as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try shop.at(shop.home.path).json("clone", "shop", place)
            try shop.at(place).json("bundle", "-o", "x.kcbundle")
            made.append(try bytes("\(place)/x.kcbundle"))
        }
        try shop.json("bundle", "-o", "x.kcbundle")
        made.append(try bytes("\(shop.directory)/x.kcbundle"))
        #expect(made[0] == made[1] && made[0] == made[2] && made[0].count > 4096)
    }

    /// What the capsules may do is approved as ever, and hooks wait.
    @Test func approvalsAreAskedFor() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.release("app", "1.0.0", #""hooks": {"postInstall": "a.js"}"#)
        let shop = try user.workspace("shop", remote: source.path)
        try shop.json("add", "app", "--approve")
        let bundle = shop.home.appending("shop.kcbundle")
        try shop.json("bundle", "-o", bundle)
        let (kiosk, file) = try other(bundle, of: shop)
        try kiosk.fails(7, "install", "--bundle", file)
        #expect(try kiosk.installed() == [] && kiosk.text("amx.lock") == nil)
        let installed = try kiosk.json("install", "--bundle", file, "--approve")
        #expect(installed["pendingHooks"].array.count == 1 && installed["approvals"].array.count == 1)
        #expect(try kiosk.eventTypes().contains("approved app"))
    }

    /// A signature covers the bundle; OpenSSH agrees, and whoever asks for one gets nothing less.
    @Test func signaturesCount() throws {
        let (_, shop) = try scene()
        try shop.json("key", "new", "--no-passphrase")
        let key = try shop.run("key", "show").text.trimmingCharacters(in: .newlines)
        let bundle = shop.home.appending("shop.kcbundle")
        let plain = shop.home.appending("plain.kcbundle")
        try shop.json("bundle", "-o", plain)
        #expect(try shop.json("bundle", "-o", bundle, "--sign")["key"].string?.hasPrefix("SHA256:") == true)
        let folder = shop.home.appending("parts")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = """
            tar -xf '\(bundle)' -C '\(folder)'
            (echo amx-bundle-v1; cat '\(folder)/bundle.json') > '\(folder)/text'
            ssh-keygen -Y verify -n amx-bundle -I ada@example.com -f "$1" -s '\(folder)/bundle.json.sig' < '\(folder)/text'
            """
        let signers = shop.home.appending(".config/amx/allowed_signers")
        let checked = try Tool.run("sh", ["-c", script, "sh", signers])
        #expect(checked.status == 0, "\(checked.errors)")

        let reader = try AmxTool()
        let kiosk = try reader.workspace("kiosk")
        try kiosk.fails(5, "bundle", "verify", plain, "--require-signed", saying: "not signed")
        try kiosk.fails(5, "bundle", "verify", bundle, "--require-signed", saying: "nobody has said whose key that is")
        try kiosk.fails(5, "install", "--bundle", bundle, "--require-signed")
        try kiosk.fails(2, "install", "--require-signed")
        #expect(try kiosk.json("bundle", "verify", bundle)["signature"]["state"].string == "untrusted")
        try kiosk.json("trust", "add", "ada@example.com", key)
        let verified = try kiosk.json("bundle", "verify", bundle, "--require-signed")
        #expect(verified["signature"]["state"].string == "good")
        #expect(try kiosk.json("bundle", "show", bundle)["signature"]["signer"].string == "ada@example.com")

        // The signature of another bundle is none of this one.
        let signature = try bytes("\(folder)/bundle.json.sig")
        try shop.json("bundle", "-o", plain, "--name", "other", "--sign")
        var forged = try bytes(plain)
        let start = try #require(forged.firstRange(of: Array("-----BEGIN SSH".utf8))).lowerBound
        forged.replaceSubrange(start..<start + signature.count, with: signature)
        try write(forged, to: plain)
        let bad = try kiosk.fails(5, "bundle", "verify", plain, saying: "its signature")
        #expect(bad.text.contains("FAILED"))
        try kiosk.fails(5, "install", "--bundle", plain)
        try kiosk.json("install", "--bundle", bundle, "--require-signed")
        #expect(try kiosk.installed().count == 3)
    }

    /// A workspace that requires something else, or develops one of the capsules, keeps what it has.
    @Test func otherRequirementsAreRefused() throws {
        let (_, shop) = try scene()
        let bundle = shop.home.appending("shop.kcbundle")
        try shop.json("bundle", "-o", bundle)
        let other = try shop.at(shop.home.path).workspace("other", remote: shop.home.appending("source"))
        try other.json("add", "leaf")
        let state = (other.text("amx.json"), other.text("amx.lock"))
        try other.fails(6, "install", "--bundle", bundle, saying: "requires something else")
        #expect((other.text("amx.json"), other.text("amx.lock")) == state)
        let maker = try shop.at(shop.home.path).workspace("maker")
        try maker.newCapsule("lib")
        try maker.fails(6, "install", "--bundle", bundle, saying: "lib is developed here")
        for arguments in [["--frozen"], ["app"]] {
            try #expect(maker.run(["install", "--bundle", bundle] + arguments).status == 2)
        }
    }

    /// What is no whole set of releases is not bundled, with a name for why.
    @Test func whatCannotBeBundledIsSaid() throws {
        let (source, shop) = try scene()
        func codes(_ tool: AmxTool, _ arguments: String...) throws -> (Int32, [String]) {
            let outcome = try tool.run(["bundle", "--json"] + arguments)
            let error = try JSONNode(Array(outcome.errors.utf8))["error"]
            return (outcome.status, error["details"]["findings"].array.compactMap { $0["code"].string })
        }
        #expect(try codes(shop, "--name", "9lives") == (1, ["name"]))
        let empty = try shop.at(shop.home.path).workspace("empty")
        try empty.json("install")
        #expect(try empty.run("bundle").status == 5)
        try source.release("next", "2.0.0-rc.1")
        try shop.json("add", "next@=2.0.0-rc.1")
        #expect(try codes(shop) == (7, ["prerelease"]))
        try shop.json("bundle", "--prerelease", "-o", "pre.kcbundle")
        #expect(try shop.json("bundle", "verify", "pre.kcbundle")["ok"].bool == true)
        try shop.json("config", "limits.bundleMemberBytes", "500")
        for arguments in [["bundle", "--prerelease"], ["bundle", "verify", "pre.kcbundle"]] {
            let outcome = try shop.run(arguments)
            #expect(outcome.status == 1 && outcome.errors.contains("the limit 'bundleMemberBytes' is 500"))
        }
        try shop.json("config", "unset", "limits.bundleMemberBytes")
        try shop.newCapsule("own")
        try shop.json("commit", "-m", "Own")
        #expect(try codes(shop, "--prerelease") == (1, ["notARelease"]))

        // A lock that does not fit, and one whose releases are elsewhere.
        let json = try #require(shop.text("amx.json"))
        try write(
            Array(json.replacing(#""app": "^1.0.0""#, with: #""app": "^9.0.0""#).utf8), to: "\(shop.directory)/amx.json"
        )
        try shop.fails(5, "bundle", saying: "does not fit what is required")
    }

    /// A byte that changes anywhere is found, whoever asks, and changes nothing.
    @Test func damageIsFoundByEverybody() throws {
        let (_, shop) = try scene()
        let bundle = shop.home.appending("shop.kcbundle")
        try shop.json("bundle", "-o", bundle)
        let whole = try bytes(bundle)
        let kiosk = try shop.at(shop.home.path).workspace("kiosk")
        let bad = shop.home.appending("bad.kcbundle")
        let places = stride(from: 700, to: whole.count, by: whole.count / 9).map { $0 }
        for place in places {
            var bytes = whole
            bytes[place] ^= 0x20
            try write(bytes, to: bad)
            let (verified, installed) = (
                try kiosk.run("bundle", "verify", bad), try kiosk.run("install", "--bundle", bad)
            )
            #expect([1, 5].contains(verified.status) && installed.status == verified.status, "\(place)")
        }
        for (name, bytes) in [
            ("cut", Array(whole.dropLast(1024))), ("long", whole + [0]), ("half", Array(whole[..<9000])),
        ] {
            try write(bytes, to: bad)
            #expect(try kiosk.run("bundle", "verify", bad).status == 5, "\(name)")
            #expect(try kiosk.run("install", "--bundle", bad).status == 5, "\(name)")
        }
        try write(Array("no archive".utf8), to: bad)
        try kiosk.fails(1, "bundle", "verify", bad, saying: "it is no bundle")
        try kiosk.fails(3, "bundle", "show", shop.home.appending("nothere"))
        #expect(try kiosk.installed() == [] && kiosk.text("amx.lock") == nil)
    }
}
