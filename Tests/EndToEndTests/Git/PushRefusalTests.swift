import Foundation
import TestSupport
import Testing

/// Pushes that the hub refuses: git prints why, and the repository stays as it was.
@Suite(.onTestThreads) struct PushRefusalTests {
    /// A hub with `acme/demo`, released as 1.0.0, and the working copy that it came from.
    private func served() throws -> (hub: HubProcess, work: GitCopy) {
        let hub = try HubProcess()
        let work = try GitCopy(capsule: "demo")
        try work.git("tag", "-a", "v1.0.0", "-m", "First")
        try work.git("push", "--quiet", hub.address("demo"), "main", "v1.0.0")
        return (hub, work)
    }

    /// Pushes, expects the refusal of each ref in these words, and compares the repository before and after.
    private func refuse(
        _ hub: HubProcess, _ work: GitCopy, _ refspecs: [String], _ lines: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try hub.refs("demo")
        let packs = try FileManager.default.contentsOfDirectory(atPath: "\(hub.repository("demo"))/objects/pack")
            .sorted()
        let outcome = try Tool.run(
            "git", ["push", "--force", hub.address("demo")] + refspecs, in: work.path, environment: Tool.gitEnvironment)
        #expect(outcome.status == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
        for line in lines {
            #expect(outcome.errors.contains(line), "\(outcome.errors)", sourceLocation: sourceLocation)
        }
        #expect(try hub.refs("demo") == before, sourceLocation: sourceLocation)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(hub.repository("demo"))/objects/pack").sorted()
                == packs, sourceLocation: sourceLocation)
        try hub.check("demo", sourceLocation: sourceLocation)
    }

    @Test func namesWhatIsWrongWithAManifest() throws {
        let (hub, work) = try served()
        let cases = [
            ("{\"id\": \"demo\", \"name\": \"A\", \"version\": 1}", "version"),
            (
                "{\"id\": \"demo\", \"id\": \"demo\", \"name\": \"A\", \"version\": \"1.0.0\"}",
                "stands twice in its object"
            ),
            ("{\"id\": \"demo\", \"name\": \"A\", \"version\": \"1.0.0\",}", "manifest.json"),
            ("\u{FEFF}{}", "manifest.json"),
            (GitCopy.manifest("other", "1.0.0"), "id is other: this is the capsule demo"),
        ]
        for (text, reason) in cases {
            try work.write("manifest.json", text)
            try work.commit("Bad manifest")
            try refuse(hub, work, ["main"], "! [remote rejected] main -> main (", reason)
            try work.git("reset", "--quiet", "--hard", "HEAD~1")
        }
        try work.git("rm", "--quiet", "manifest.json")
        try work.commit("No manifest")
        try refuse(hub, work, ["main"], "! [remote rejected] main -> main (commit ", " has no manifest.json)", "hint: ")
    }

    @Test func keepsReleasesAsTheyAre() throws {
        let (hub, work) = try served()
        try work.write("manifest.json", GitCopy.manifest("demo", "1.1.0"))
        try work.commit("Version 1.1.0")
        try work.git("tag", "v1.1.0")
        try refuse(
            hub, work, ["v1.1.0"], "! [remote rejected] v1.1.0 -> v1.1.0 (release v1.1.0 is not an annotated tag")
        try work.git("tag", "--force", "-a", "v1.1.0", "-m", "Right")
        try work.git("tag", "-a", "v1.2.0", "-m", "Of another version")
        try refuse(
            hub, work, ["v1.2.0"],
            "(release v1.2.0 is of a commit whose manifest has version 1.1.0)")
        try refuse(hub, work, ["v1.1.0:refs/tags/v1.0.1"], "(release v1.0.1 was made as v1.1.0: a tag keeps its name)")
        try refuse(
            hub, work, ["v1.1.0:refs/tags/v1.0.0"], "(cannot replace release v1.0.0: a release never changes)")
        try refuse(hub, work, [":refs/tags/v1.0.0"], "(cannot delete release v1.0.0: a release never changes)")
        try work.git("tag", "-a", "v1.1.0-tree", "-m", "Of a tree", "HEAD^{tree}")
        try refuse(hub, work, ["v1.1.0-tree"], "(release v1.1.0-tree is a tag of a tree, not of a commit)")
        try work.git("push", "--quiet", hub.address("demo"), "v1.1.0")
        #expect(try hub.refs("demo").count == 3)
    }

    @Test func comparesDigestTrailers() throws {
        let (hub, work) = try served()
        let wrong = "sha256:\(String(repeating: "ab", count: 32))"
        try work.write("knowledge/facts.md", "changed\n")
        try work.commit("Claims\n\nCapsule-Digest: \(wrong)")
        try refuse(
            hub, work, ["main"], "! [remote rejected] main -> main (commit ", "says that its digest is \(wrong): it is")
        // The wrong one may also be below a right tip.
        try work.commit("On top")
        try refuse(hub, work, ["main"], "says that its digest is \(wrong)")
        try work.git("reset", "--quiet", "--hard", "HEAD~2")
        try work.write("manifest.json", GitCopy.manifest("demo", "1.1.0"))
        try work.commit("Version 1.1.0")
        let right = try work.digest()
        try work.git("tag", "-a", "v1.1.0", "-m", "Claims\n\nCapsule-Digest: \(wrong)")
        try refuse(hub, work, ["v1.1.0"], "(release v1.1.0 says that its digest is \(wrong): it is \(right))")
        try work.git("tag", "--force", "-a", "v1.1.0", "-m", "Claims\n\nCapsule-Digest: \(right)")
        try work.git("push", "--quiet", hub.address("demo"), "main", "v1.1.0")
        try hub.check("demo")
    }

    @Test func takesBranchesAndReleasesOnly() throws {
        let (hub, work) = try served()
        for name in [
            "refs/notes/commits", "refs/amx/meta", "refs/amx/base", "refs/remotes/origin/main", "refs/tags/nightly",
            "refs/stash", "refs/changes/01/1/1", "refs/tags/x/v1.0.0",
        ] {
            // git shortens the names that it knows.
            try refuse(
                hub, work, ["main:\(name)"], "! [remote rejected] main -> ",
                "(cannot change \(name): it is neither a branch nor a release)",
                "remote: hint: push refs/heads/* and refs/tags/v* only")
        }
        try refuse(
            hub, work, [":main"],
            "! [remote rejected] main (cannot delete refs/heads/main: it is the default branch)",
            "remote: hint: a repository keeps its default branch; delete another one")
        let tree = try work.git("rev-parse", "HEAD^{tree}")
        try refuse(hub, work, ["\(tree):refs/heads/tree"], "(a branch points at commits: \(tree) is a tree)")
    }

    /// Trees that break a rule, as lines for `git mktree`; `B` stands for a blob, `M` for the manifest's blob.
    static let hostileTrees: [(name: String, lines: [String], reason: String)] = [
        ("symbolic link", ["120000 blob B\tlink"], "its mode is '120000'"),
        ("gitlink", ["160000 commit C\tmodule"], "its mode is '160000'"),
        (".GIT", ["100644 blob B\t.GIT"], "git's own"),
        ("git~1", ["100644 blob B\tgit~1"], "git's own"),
        (".gitmodules", ["100644 blob B\t.gitmodules"], "git's own"),
        (".aimatrix", ["100644 blob B\t.aimatrix"], "Amx's own"),
        ("device", ["100644 blob B\tcon.txt"], "device"),
        ("backslash", ["100644 blob B\ta\\b"], "'\\'"),
        ("colon", ["100644 blob B\ta:b"], "':'"),
        ("trailing dot", ["100644 blob B\ta."], "dot or a space"),
        (
            "same after folding", ["100644 blob B\tREADME", "100644 blob B\tReadme"],
            "are the same name on some systems"
        ),
        ("group-writable mode", ["100664 blob B\ta"], "its mode is '100664'"),
    ]

    @Test(arguments: hostileTrees.indices) func refusesTreesThatBreakARule(index: Int) throws {
        let (name, lines, reason) = Self.hostileTrees[index]
        let (hub, work) = try served()
        let blob = try work.git("hash-object", "-w", "--stdin", input: "hostile\n")
        let manifest = try work.git("rev-parse", "HEAD:manifest.json")
        let head = try work.head
        let listing = (lines + ["100644 blob M\tmanifest.json"]).map {
            $0.replacingOccurrences(of: " B\t", with: " \(blob)\t").replacingOccurrences(
                of: " M\t", with: " \(manifest)\t"
            )
            .replacingOccurrences(of: " C\t", with: " \(head)\t")
        }
        let tree: String
        if name == "group-writable mode" {
            // git's own tools write canonical modes only.
            var bytes: [UInt8] = []
            for (mode, path, id) in [("100664", "a", blob), ("100644", "manifest.json", manifest)] {
                bytes += Array("\(mode) \(path)\0".utf8)
                bytes += stride(from: 0, to: 40, by: 2).map { offset in
                    UInt8(id.dropFirst(offset).prefix(2), radix: 16) ?? 0
                }
            }
            tree = try Tool.git(
                ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], in: work.path, input: bytes)
        } else {
            tree = try work.git("mktree", input: listing.joined(separator: "\n") + "\n")
        }
        let commit = try work.git("commit-tree", tree, "-p", head, "-m", "Hostile")
        try refuse(hub, work, ["\(commit):refs/heads/main"], "! [remote rejected] \(commit) -> main (", reason)
        // Also where it hides below a sound tip, and in a folder.
        let sound = try work.git("commit-tree", "HEAD^{tree}", "-p", commit, "-m", "Sound")
        try refuse(hub, work, ["\(sound):refs/heads/main"], "! [remote rejected] \(sound) -> main (", reason)
        // The next push is none the worse.
        try work.write("knowledge/after.md", "after\n")
        try work.commit("After")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        try hub.check("demo")
    }

    @Test func refusesOldAndForeignFormats() throws {
        let (hub, work) = try served()
        // A signed push is not understood, and said so rather than ignored.
        let signed = try work.attempt("push", "--signed", hub.address("demo"), "main:signed")
        #expect(signed.status != 0)
        #expect(signed.errors.contains("the receiving end does not support --signed push"), "\(signed.errors)")
        let folder = try TemporaryDirectory("amx-e2e-sha256")
        try Tool.git(["init", "--quiet", "--object-format=sha256", folder.path], in: folder.path)
        try folder.write("manifest.json", text: GitCopy.manifest("demo", "2.0.0"))
        try Tool.git(["add", "--all"], in: folder.path)
        try Tool.git(["commit", "--quiet", "-m", "Long ids"], in: folder.path)
        let pushed = try Tool.run(
            "git", ["push", hub.address("demo"), "HEAD:refs/heads/long"], in: folder.path,
            environment: Tool.gitEnvironment)
        #expect(pushed.status != 0)
        #expect(
            pushed.errors.contains("the receiving end does not support this repository's hash algorithm"),
            "\(pushed.errors)")
        try hub.check("demo")
    }
}
