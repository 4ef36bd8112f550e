import Capsules
import Foundation
import Objects
import TestSupport
import Testing

/// `refs/amx/meta`: what a hub itself says of a capsule.
@Suite struct CapsuleMetaTests {
    @Test func saysWhatIsYanked() throws {
        var meta = CapsuleMeta()
        #expect(String(decoding: meta.encoded, as: UTF8.self) == "{\"schema\":1,\"yanked\":{}}")
        meta.setYank(Yank(time: 0, owner: try OwnerName("acme"), reason: "bad"), of: "1.0.0")
        meta.setYank(Yank(time: 1_800_000_000), of: "1.0.0-rc.1+x")
        #expect(
            String(decoding: meta.encoded, as: UTF8.self)
                == "{\"schema\":1,\"yanked\":{\"1.0.0\":{\"at\":\"1970-01-01T00:00:00Z\",\"by\":\"acme\",\"reason\":\"bad\"},\"1.0.0-rc.1+x\":{\"at\":\"2027-01-15T08:00:00Z\"}}}"
        )
        #expect(try CapsuleMeta(parsing: meta.encoded).yanks == meta.yanks)
        meta.setYank(nil, of: "1.0.0")
        meta.setYank(nil, of: "1.0.0-rc.1+x")
        #expect(meta.encoded == CapsuleMeta().encoded)
    }

    /// A change keeps what a later hub has written.
    @Test func keepsWhatItDoesNotKnow() throws {
        let text =
            "{\"schema\":1,\"status\":{\"a\":[1]},\"yanked\":{\"1.0.0\":{\"at\":\"1970-01-01T00:00:00Z\",\"why\":7}}}"
        var meta = try CapsuleMeta(parsing: Array(text.utf8))
        meta.setYank(Yank(time: 0, reason: "x"), of: "1.0.0")
        #expect(
            String(decoding: meta.encoded, as: UTF8.self) == text.replacing("\"why\"", with: "\"reason\":\"x\",\"why\"")
        )
        meta.setYank(nil, of: "1.0.0")
        #expect(String(decoding: meta.encoded, as: UTF8.self) == "{\"schema\":1,\"status\":{\"a\":[1]},\"yanked\":{}}")
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"schema\":1}", "{\"schema\":2,\"yanked\":{}}", "{\"schema\":1,\"yanked\":[]}",
        "{\"schema\":1,\"yanked\":{\"1.0.0\":1}}", "{\"schema\":1,\"yanked\":{\"1.0.0\":{}}}",
        "{\"schema\":1,\"yanked\":{\"1.0.0\":{\"at\":\"1970-01-01T00:00:00Z\",\"by\":\"A\"}}}",
        "{\"schema\":1,\"yanked\":{\"1.0.0\":{\"at\":\"1970-01-01T00:00:00Z\",\"reason\":\"\\n\"}}}",
    ]) func refusesOthers(text: String) throws {
        let error = try #require(throws: AmxError.self) { try CapsuleMeta(parsing: Array(text.utf8)) }
        #expect(error.code == .verification && error.hint != nil)
    }

    @Test(arguments: [
        ("plain", true), ("ä 日本 \"quoted\" \\", true), ("", false), ("a\nb", false), ("a\tb", false), ("\u{7F}", false),
        ("a\u{2028}b", false), (String(repeating: "x", count: 500), true), (String(repeating: "x", count: 501), false),
    ]) func reasonsAreOneLine(text: String, isOne: Bool) { #expect(Yank.isReason(text) == isOne) }

    /// Commits that git reads, each after the one before.
    @Test func isAHistoryOfItsOwn() throws {
        let folder = try TemporaryDirectory("amx-meta")
        try Tool.git(["init", "--quiet", "--bare", "x.git"], in: folder.path)
        let repository = try Repository(opening: folder.appending("x.git"))
        let owner = try OwnerName("acme")
        #expect(try CapsuleMeta(of: repository, repository.refs.snapshot()).yanks.isEmpty)
        for (step, reason) in ["first", "second"].enumerated() {
            let refs = try repository.refs.snapshot()
            var meta = try CapsuleMeta(of: repository, refs)
            meta.setYank(Yank(time: Int64(step), owner: owner, reason: reason), of: "\(step).0.0")
            try meta.write(to: repository, refs, by: owner, message: "Yank \(step).0.0")
            // From what was read before, nothing is written over it.
            let error = try #require(throws: AmxError.self) {
                try meta.write(to: repository, refs, by: owner, message: "Late")
            }
            #expect(error.code == .conflict)
        }
        let log = try Tool.git(["log", "--format=%an %ae %s", "refs/amx/meta"], in: repository.path)
        #expect(log == "acme acme@amx-hub Yank 1.0.0\nacme acme@amx-hub Yank 0.0.0")
        #expect(try Tool.git(["ls-tree", "-r", "--name-only", "refs/amx/meta"], in: repository.path) == "meta.json")
        let text = try Tool.git(["show", "refs/amx/meta:meta.json"], in: repository.path)
        #expect(Array(text.utf8) == (try CapsuleMeta(of: repository, repository.refs.snapshot()).encoded))
        #expect(try CapsuleMeta(of: repository, repository.refs.snapshot()).yanks.keys.sorted() == ["0.0.0", "1.0.0"])
        // Fails for anything but a notice.
        try Tool.git(["fsck", "--strict", "--full"], in: repository.path)
    }
}
