import TestSupport
import Testing

@testable import Workspaces

@Suite struct IgnoreTests {
    /// Every rule file below is also put before `git check-ignore`, which decides.
    @Test(arguments: [
        "*.log", "build/", "/top.txt", "docs/*.md", "**/cache", "a/**/z", "folder/**", "!keep.log\n*.log",
        "*.log\n!keep.log",
        "data?.bin", "[ab].txt", "[!ab].txt", "\\#hash", "#comment", "trailing ", "trailing\\ ", "*", "/*\n!/keep",
        "a/b",
        "**/b/**", "x**y", "*a*b*c*", "[a-", "\\", "foo/**/bar/**/baz", "**", "/", "!", "[]a].txt", "[^a].txt",
    ])
    func agreesWithGit(rules: String) throws {
        let folder = try TemporaryDirectory("amx-ignore")
        let paths = [
            "a.log", "keep.log", "keep/x", "build/out", "src/build/out", "top.txt", "sub/top.txt", "docs/a.md",
            "docs/deep/b.md", "cache/x", "q/cache/y", "a/z", "a/m/z", "a/m/n/z", "folder/in", "folder/deep/in",
            "data1.bin",
            "data12.bin", "a.txt", "b.txt", "c.txt", "#hash", "trailing", "trailing ", "a/b", "q/a/b", "q/b/r", "xqqy",
            "1a2b3c4", "foo/bar/baz", "foo/1/bar/2/baz", "].txt", "grüße.txt",
        ]
        for path in paths where path != "a/b" { try folder.write(path, text: "") }
        try folder.write(".gitignore", text: rules)
        try folder.write(".amxignore", text: rules)
        try Tool.git(["init", "-q"], in: folder.path)
        let listed = try Tool.git(
            ["-c", "core.quotePath=false", "ls-files", "-o", "--exclude-standard", "-z"], in: folder.path)
        let expected = Set(listed.split(separator: "\0").map(String.init)).subtracting([".gitignore", ".amxignore"])
        _ = try Tool.run("rm", ["-rf", folder.appending(".git"), folder.appending(".gitignore")])
        let found = try DirectoryScanner(folder.path).files.map { String(decoding: $0.path, as: UTF8.self) }
        #expect(Set(found).subtracting([".amxignore"]) == expected)
    }

    @Test func aSlowPatternIsStillFast() {
        let pattern = SegmentPattern(Array(String(repeating: "*a", count: 100).utf8)[...])
        #expect(!pattern.matches(Array((String(repeating: "a", count: 250) + "b").utf8)[...]))
    }
}
