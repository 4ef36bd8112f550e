import Foundation
import TestSupport
import Testing

/// One verdict on a `.kc` file wherever it is read: 5 for one that fails its own checks, 1 for what is none or can be no capsule.
@Suite(.onTestThreads) struct ContainerVerdictTests {
    /// What becomes of a sound file, and the verdict.
    struct Fate: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int32
        let words: String
        let hint: String
        /// A script that makes `bad.kc` of `good.kc`, in a folder with the capsule's files below `tree`.
        let script: String

        init(_ name: String, _ status: Int32, _ words: String, hint: String, _ script: String) {
            (testDescription, self.status, self.words, self.hint, self.script) = (name, status, words, hint, script)
        }
    }

    static let again = "the file is damaged or was changed: get it again from where it came from"
    static let make = "make a .kc file with `amx pack ID@REV -o FILE`"
    static let archive = "tar --zstd -cf bad.kc -C tree ."

    static let fates: [Fate] = [
        Fate("cut in the last frame", 5, "skippable frame", hint: again, "head -c -3 good.kc > bad.kc"),
        Fate("cut in the first frame", 5, "ends in the middle of frame 0", hint: again, "head -c 200 good.kc > bad.kc"),
        Fate(
            "changed in the middle", 5, "", hint: again,
            "cp good.kc bad.kc; printf X | dd of=bad.kc bs=1 seek=300 conv=notrunc status=none"),
        Fate("with a tail", 5, "", hint: again, "(cat good.kc; echo tail) > bad.kc"),
        Fate(
            "an archive that is cut", 5, "cut short", hint: again,
            "tar -cf - -C tree . | head -c 3000 | zstd -q > bad.kc"),
        Fate("nothing", 1, "neither a .kc file nor", hint: make, ": > bad.kc"),
        Fate("a text", 1, "neither a .kc file nor", hint: make, "cp tree/README.md bad.kc"),
        Fate(
            "a compressed text", 1, "no tar archive", hint: "make the archive again", "zstd -q tree/README.md -o bad.kc"
        ),
        Fate(
            "a symbolic link", 1, "symbolic link", hint: "replace the entry by a plain file",
            "ln -s /etc/passwd tree/link; \(archive)"),
        Fate("a name of git's", 1, "git's own", hint: "rename it", "touch tree/.gitmodules; \(archive)"),
        Fate(
            "without manifest", 1, "no manifest.json", hint: "a capsule has its manifest at the root",
            "rm tree/manifest.json; \(archive)"),
        Fate(
            "a file over the limit", 1, "the limit 'objectBytes' is 104857600", hint: "split the file",
            "truncate -s 101M tree/big; head -c 2M /dev/urandom > tree/noise; \(archive)"),
    ]

    @Test(arguments: fates) func isTheSameAtEveryDoor(_ fate: Fate) throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("pack", "refunds@main", "-o", "good.kc")
        let made = try Tool.run(
            "bash", ["-ec", "cp -r knowledge/capsules/refunds tree; \(fate.script)"], in: user.directory)
        #expect(made.status == 0, "\(made.errors)")
        // In place of the packed form, too.
        try user.json("pack", "refunds")
        try FileManager.default.removeItem(atPath: user.packed("refunds"))
        try FileManager.default.copyItem(atPath: "\(user.directory)/bad.kc", toPath: user.packed("refunds"))
        for arguments in [
            ["unpack", "bad.kc", "out"], ["verify", "bad.kc"], ["edit", "refunds"], ["commit", "-m", "x"],
            ["pack", "refunds", "-o", "out.kc"], ["diff", "refunds"], ["status"],
        ] {
            let outcome = try user.run(arguments)
            #expect(outcome.status == fate.status, "\(arguments): \(outcome.text)\(outcome.errors)")
            #expect(fate.words.isEmpty || outcome.errors.contains(fate.words), "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains("\nhint: \(fate.hint)"), "\(arguments): \(outcome.errors)")
        }
        let verified = try user.run("verify", "refunds", "--json")
        #expect(verified.status == fate.status)
        let results = try JSONNode(verified.output)["results"].array
        #expect(results.map { $0["ok"].bool } == [true, false])
        #expect(fate.words.isEmpty || results[1]["problem"].string?.contains(fate.words) == true)
        for left in ["out", "out.kc"] {
            #expect(!FileManager.default.fileExists(atPath: "\(user.directory)/\(left)"))
        }
    }

    /// A file that differs is worse than one that is none.
    @Test func damageComesFirst() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("pack", "refunds@main", "-o", "good.kc")
        try Data("text".utf8).write(to: URL(fileURLWithPath: "\(user.directory)/text.kc"))
        let good = try Data(contentsOf: URL(fileURLWithPath: "\(user.directory)/good.kc"))
        try good.dropLast().write(to: URL(fileURLWithPath: "\(user.directory)/cut.kc"))
        try user.fails(1, "verify", "good.kc", "text.kc", saying: "text.kc")
        try user.fails(5, "verify", "text.kc", "cut.kc", saying: "and 1 more")
    }
}
