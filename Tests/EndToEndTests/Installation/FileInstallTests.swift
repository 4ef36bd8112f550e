import Foundation
import TestSupport
import Testing

/// Capsules that are installed from `.kc` files (row S-120).
@Suite(.onTestThreads) struct FileInstallTests {
    /// A user with a workspace of releases, and one to install them in.
    private func pair() throws -> (source: ReleaseSource, shop: AmxTool) {
        let user = try AmxTool()
        return (try ReleaseSource(of: user), try user.workspace("shop"))
    }

    /// Packs a release of the source into a file.
    private func pack(_ source: ReleaseSource, _ revision: String, to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(atPath: path)
        try source.tool.json("pack", revision, "-o", path)
    }

    private func source(_ shop: AmxTool, _ id: String) throws -> String? {
        let lock = try JSONNode(Array((shop.text("amx.lock") ?? "").utf8))
        return lock["capsules"].array.first { $0["id"].string == id }?["source"].string
    }

    /// A file of the workspace itself: the lock names it, and whoever clones the workspace has the capsule.
    @Test func aFileOfTheWorkspaceTravels() throws {
        let (source, shop) = try pair()
        try source.release("lib", "1.0.0")
        try pack(source, "lib@v1.0.0", to: "\(shop.directory)/vendor/lib.kc")
        let dry = try shop.json("install", "vendor/lib.kc", "--dry-run")
        #expect(dry["capsulesToInstall"][0]["source"].string == "./vendor/lib.kc" && dry["operation"] == .null)
        #expect(try shop.installed() == [])
        let outcome = try shop.run("install", "vendor/lib.kc")
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(
            outcome.text == """
                + lib 1.0.0
                Installed 1; `amx undo` takes it back
                lib comes from vendor/lib.kc, which others get with the workspace: `amx commit` records it

                """, "\(outcome.text)")
        #expect(try shop.installed() == ["lib 1.0.0"])
        #expect(shop.text("amx.json")?.contains(#""file": "./vendor/lib.kc""#) == true)
        #expect(try self.source(shop, "lib") == "./vendor/lib.kc")
        #expect(try shop.json("verify", "lib")["results"].array.allSatisfy { $0["ok"].bool == true })
        #expect(try shop.run("install", "--frozen").status == 0 && shop.run("fsck").status == 0)
        try shop.check("lib")

        try shop.json("commit", "-m", "Install lib")
        let copy = shop.at(shop.home.path)
        let cloned = try copy.json("clone", "shop", "copy")
        #expect(cloned["capsules"].array.map(\.string) == ["lib"] && cloned["leftOut"].array.isEmpty, "\(cloned)")
        let there = shop.at(shop.home.appending("copy"))
        #expect(try there.installed() == ["lib 1.0.0"])
        #expect(there.text("amx.lock") == shop.text("amx.lock"))
        #expect(try there.run("install", "--frozen").status == 0)

        try source.release("more", "1.0.0")
        try pack(source, "more@v1.0.0", to: "\(shop.directory)/vendor/more.kc")
        try shop.json("install", "vendor/more.kc")
        try shop.json("commit", "-m", "Install more")
        try there.json("pull")
        #expect(try there.installed() == ["lib 1.0.0", "more 1.0.0"])
        #expect(try there.run("install", "--frozen").status == 0)
    }

    /// A file from elsewhere: all is as before but for the others, who are told what they need; equal content gives the same lock.
    @Test func aFileFromElsewhereIsKeptHere() throws {
        let (source, shop) = try pair()
        try source.release("lib", "1.0.0")
        let file = shop.home.appending("lib.kc")
        try pack(source, "lib@v1.0.0", to: file)
        let outcome = try shop.run("install", "../lib.kc")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.hasPrefix(
                "warning: others cannot install lib from this amx.lock, since they have no ../lib.kc"),
            "\(outcome.errors)")
        try FileManager.default.removeItem(atPath: file)
        #expect(try shop.installed() == ["lib 1.0.0"])
        // Nothing of that needs the file any more.
        #expect(try shop.run("install", "--frozen").status == 0 && shop.run("outdated").status == 0)
        try shop.json("undo")
        #expect(try shop.installed() == [] && shop.text("amx.lock") == nil)
        try shop.json("undo")
        #expect(try shop.installed() == ["lib 1.0.0"])
        try shop.json("remove", "lib")
        try shop.json("unremove", "lib")
        #expect(try shop.installed() == ["lib 1.0.0"])

        try shop.json("commit", "-m", "Install lib")
        let cloned = try shop.at(shop.home.path).json("clone", "shop", "copy")
        #expect(cloned["leftOut"][0]["id"].string == "lib" && cloned["capsules"].array.isEmpty)
        #expect(cloned["warnings"][0].string?.contains("`amx install FILE.kc`") == true, "\(cloned)")
        let there = shop.at(shop.home.appending("copy"))
        try there.fails(3, "install", saying: "there is no such file")
        try pack(source, "lib@v1.0.0", to: file)
        let installed = try there.json("install", file)
        #expect(installed["capsulesToInstall"][0]["id"].string == "lib" && installed["warnings"].array.count == 1)
        #expect(there.text("amx.lock") == shop.text("amx.lock") && there.text("amx.json") == shop.text("amx.json"))
        #expect(try there.installed() == ["lib 1.0.0"])
    }

    /// What a file's capsule requires comes from where the workspace's own requirements do, or from another file.
    @Test func whatItRequiresComesFromElsewhere() throws {
        let (source, shop) = try pair()
        try source.releaseChain()
        for id in ["app", "lib"] { try pack(source, "\(id)@v1.0.0", to: "\(shop.directory)/vendor/\(id).kc") }
        try shop.fails(3, "install", "vendor/app.kc", "vendor/lib.kc", saying: "there is no remote")
        #expect(try shop.installed() == [])
        try shop.json("remote", "add", "origin", source.path)
        try shop.json("install", "vendor/app.kc", "vendor/lib.kc")
        #expect(try shop.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"])
        #expect(try self.source(shop, "lib") == "./vendor/lib.kc" && self.source(shop, "leaf") == "workspace")
    }

    /// Another version in the file's place is an update; the same version with other content is refused.
    @Test func aFileMayChange() throws {
        let (source, shop) = try pair()
        let path = "\(shop.directory)/vendor/lib.kc"
        try source.release("lib", "1.0.0")
        try pack(source, "lib@v1.0.0", to: path)
        try shop.json("add", "vendor/lib.kc", "--dev")
        #expect(shop.text("amx.json")?.contains("devDependencies") == true)
        try source.release("lib", "1.1.0")
        try pack(source, "lib@v1.1.0", to: path)
        #expect(try shop.json("outdated")["outdated"][0]["latest"].string == "1.1.0")
        try shop.json("update")
        #expect(try shop.installed() == ["lib 1.1.0"])
        // The file has it no more.
        try shop.fails(6, "rollback", "lib", saying: "has no such release")
        try shop.json("undo")
        #expect(try shop.installed() == ["lib 1.0.0"])
        try shop.json("update")

        let other = try ReleaseSource(of: AmxTool())
        try other.release("lib", "1.1.0", #""description": "other""#)
        try pack(other, "lib@v1.1.0", to: path)
        let before = shop.text("amx.lock")
        try shop.fails(5, "install", "vendor/lib.kc", saying: "with other content")
        try shop.fails(5, "update", saying: "a release never changes")
        #expect(try shop.text("amx.lock") == before && shop.installed() == ["lib 1.1.0"])
    }

    /// What a file holds is refused as at every door, and leaves nothing.
    @Test func whatIsNoCapsuleIsRefused() throws {
        let (source, shop) = try pair()
        try source.release("lib", "1.0.0")
        let file = shop.home.appending("lib.kc")
        try pack(source, "lib@v1.0.0", to: file)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        bytes[bytes.count / 3] ^= 0x40
        try Data(bytes).write(to: URL(fileURLWithPath: shop.home.appending("bad.kc")))
        try Data("no archive".utf8).write(to: URL(fileURLWithPath: shop.home.appending("text.kc")))
        let tar = shop.home.appending("evil")
        try FileManager.default.createDirectory(atPath: tar, withIntermediateDirectories: true)
        try Data(#"{"id": "lib", "name": "lib", "version": "1.0.0"}"#.utf8)
            .write(to: URL(fileURLWithPath: "\(tar)/manifest.json"))
        try FileManager.default.createSymbolicLink(atPath: "\(tar)/link", withDestinationPath: "/etc/passwd")
        _ = try Tool.run("tar", ["--zstd", "-cf", shop.home.appending("evil.kc"), "-C", tar, "manifest.json", "link"])
        let state = (shop.text("amx.json"), shop.text("amx.lock"))
        for (name, status) in [("bad.kc", 5), ("text.kc", 1), ("evil.kc", 1), ("none.kc", 3)] as [(String, Int32)] {
            try shop.fails(status, "install", "../\(name)")
        }
        try shop.fails(2, "install", "--frozen", "../lib.kc")
        try shop.fails(2, "install", "../lib.kc", "../lib.kc", saying: "both are lib")
        #expect((shop.text("amx.json"), shop.text("amx.lock")) == state)
        let kept = (try? FileManager.default.contentsOfDirectory(atPath: "\(shop.directory)/.aimatrix/files")) ?? []
        #expect(kept.isEmpty, "\(kept)")
    }

    /// A signature beside a file counts as a release's own does.
    @Test func signaturesCount() throws {
        let (source, shop) = try pair()
        try source.release("lib", "1.0.0")
        let file = shop.home.appending("lib.kc")
        try pack(source, "lib@v1.0.0", to: file)
        try shop.json("config", "policy.requireSigned", "refs/tags/v*")
        try shop.fails(7, "install", "../lib.kc", saying: "is not signed, and refs/tags/v1.0.0 must be")
        #expect(try shop.installed() == [])
        try shop.json("key", "new")
        try shop.json("sign", "../lib.kc")
        try shop.json("install", "../lib.kc")
        #expect(try shop.installed() == ["lib 1.0.0"])
        #expect(try shop.run("install", "--frozen").status == 0 && shop.run("verify").status == 0)

        // Of other content, it is no signature of this.
        try source.release("other", "1.0.0")
        let other = shop.home.appending("other.kc")
        try pack(source, "other@v1.0.0", to: other)
        try FileManager.default.copyItem(atPath: "\(file).sig", toPath: "\(other).sig")
        try shop.fails(5, "install", "../other.kc", saying: "other-")
        #expect(try shop.installed() == ["lib 1.0.0"])
    }

    /// From a file over to a remote that has the same version, and nothing stands in the way of others.
    @Test func aRemoteCanTakeOver() throws {
        let (source, shop) = try pair()
        try source.release("lib", "1.0.0")
        let file = shop.home.appending("lib.kc")
        try pack(source, "lib@v1.0.0", to: file)
        try shop.json("install", file)
        try shop.json("remote", "add", "origin", source.path)
        // The same content under the same version is another release.
        let refused = try shop.fails(5, "add", "lib")
        #expect(refused.errors.contains("`amx remove lib`, then install it anew"), "\(refused.errors)")
        try source.release("lib", "1.1.0")
        try shop.json("add", "lib")
        #expect(try shop.installed() == ["lib 1.1.0"] && self.source(shop, "lib") == "workspace")
        try shop.json("remove", "lib")
        try shop.json("add", "lib@1.0.0")
        #expect(try shop.installed() == ["lib 1.0.0"])
        let commit = try source.tool.show("lib@v1.0.0").commit
        #expect(shop.text("amx.lock")?.contains(commit) == true)
        try shop.check("lib")
        // What is here as somebody's release is not made again of a file.
        try shop.json("install", file)
        #expect(try self.source(shop, "lib") == "workspace")
    }

    /// What a file's capsule may do needs the same approval as any other's.
    @Test func approvalsAreAskedFor() throws {
        let (source, shop) = try pair()
        try source.release("lib", "1.0.0", #""permissions": [{"resource": "*", "actions": ["*"]}]"#)
        try pack(source, "lib@v1.0.0", to: "\(shop.directory)/lib.kc")
        try shop.fails(7, "install", "lib.kc", saying: "needs an approval")
        #expect(try shop.installed() == [] && shop.text("amx.lock") == nil)
        try shop.json("install", "lib.kc", "--approve")
        #expect(try shop.installed() == ["lib 1.0.0"])
    }
}
