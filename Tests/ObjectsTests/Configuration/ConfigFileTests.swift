import Foundation
import TestSupport
import Testing

@testable import Objects

/// Changes of a configuration file, with git as the oracle.
@Suite struct ConfigFileTests {
    /// A file before and after a key is removed from it.
    static let removals: [(key: String, before: String, after: String)] = [
        ("remote.a.url", "[remote \"a\"]\n\turl = x\n", ""),
        ("remote.a.url", "[core]\n\tx = 1\n[remote \"a\"]\n\turl = x\n", "[core]\n\tx = 1\n"),
        ("remote.a.url", "[remote \"a\"]\n\turl = x\n[remote \"b\"]\n\turl = y\n", "[remote \"b\"]\n\turl = y\n"),
        (
            "remote.a.url", "[remote \"a\"]\n\turl = x\n\tprune = true\n",
            "[remote \"a\"]\n\tprune = true\n"
        ),
        ("remote.a.url", "[remote \"a\"]\n\t# mine\n\turl = x\n", "[remote \"a\"]\n\t# mine\n"),
        ("remote.a.url", "[remote \"A\"]\n[remote \"a\"]\n\turl = x\n", "[remote \"A\"]\n"),
        ("user.name", "[USER]\n\tname = x\n", ""),
        ("a.b.c.d", "[a \"b.c\"]\n\td = 1\n[e]\n\tf = 1\n", "[e]\n\tf = 1\n"),
        ("a.q\"q.d", "[a \"q\\\"q\"]\n\td = 1\n", ""),
        ("core.x", "[core]\n\ty = z \\\n[core]\n\tx = 1\n", "[core]\n\ty = z \\\n[core]\n"),
    ]

    @Test(arguments: removals) func removingTheLastKeyRemovesTheSection(
        _ key: String, _ before: String, _ after: String
    ) throws {
        let folder = try TemporaryDirectory("amx-config")
        let path = try folder.write("config", text: before)
        try ConfigFile(path).remove(key)
        #expect(String(decoding: try folder.read("config"), as: UTF8.self) == after)
        // git agrees about what is left.
        let left = try Tool.run("git", ["config", "--file", path, "--list"], in: folder.path)
        #expect(left.status == 0, "\(left.errors)")
    }

    /// Values and names that git reads back as they were, whatever stood before.
    @Test(arguments: [nil, "", "[user]\n\tname = x\n", "[user]\n\tname = x"])
    func sectionsAreAppended(before: String?) throws {
        let folder = try TemporaryDirectory("amx-config")
        if let before { try folder.write("config", text: before) }
        let path = folder.appending("config")
        let values = ["plain", " a b ", "a#b", "a;b", "q\"q", "b\\b", "t\tt", "n\nn", "ü"]
        let sections = values.enumerated().map { index, value in
            ConfigFile.Section("branch.c\(index):s\"\(index).x", [("remote", value), ("merge", "refs/heads/\(index)")])
        }
        try ConfigFile(path).append(sections)
        try ConfigFile(path).append([])
        for (index, value) in values.enumerated() {
            let key = "branch.c\(index):s\"\(index).x"
            #expect(try ConfigFile(path).string("\(key).remote") == value)
            let git = try Tool.run("git", ["config", "--file", path, "-z", "\(key).remote"], in: folder.path)
            #expect(git.output == Array(value.utf8) + [0], "\(git.errors)")
            #expect(try ConfigFile(path).string("\(key).merge") == "refs/heads/\(index)")
        }
        #expect(try ConfigFile(path).string("user.name") == (before?.isEmpty == false ? "x" : nil))
        // The last value of a key counts.
        try ConfigFile(path).append([ConfigFile.Section("user", [("name", "y")])])
        #expect(try ConfigFile(path).string("user.name") == "y")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["config"])
    }

    @Test func theFileStaysBehindItsLink() throws {
        let folder = try TemporaryDirectory("amx-config")
        try folder.write("real", text: "[user]\n\tname = x\n[core]\n\ty = 1\n")
        try FileManager.default.createSymbolicLink(atPath: folder.appending("config"), withDestinationPath: "real")
        let file = try ConfigFile(folder.appending("config"))
        #expect(try file.string("user.name") == "x")
        try file.remove("user.name")
        #expect(try file.string("user.name") == nil)
        #expect(try file.string("core.y") == "1")
        try file.set("user.name", "z")
        #expect(try file.string("user.name") == "z")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.appending("config")) == "real")
    }

    @Test(arguments: [0o600, 0o640, 0o644, 0o664, 0o400], [false, true])
    func theModeStays(_ mode: Int, behindLink: Bool) throws {
        let folder = try TemporaryDirectory("amx-config")
        let real = try folder.write("real", text: "[user]\n\tname = x\n[core]\n\ty = 1\n\tz = 2\n")
        try FileManager.default.createSymbolicLink(atPath: folder.appending("link"), withDestinationPath: "real")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: real)
        let file = try ConfigFile(behindLink ? folder.appending("link") : real)
        let found = { try FileManager.default.attributesOfItem(atPath: real)[.posixPermissions] as? Int }
        try file.set("user.name", "y")
        #expect(try found() == mode)
        try file.remove("core.y")
        #expect(try found() == mode)
        // The last key of a section goes with it, in a file written anew.
        try file.remove("user.name")
        #expect(try found() == mode)
        try file.set("user.name", "z")
        #expect(try file.string("user.name") == "z")
        #expect(try found() == mode)
    }

    @Test func whatAnotherProgramIsChangingIsLeftAlone() throws {
        let folder = try TemporaryDirectory("amx-config")
        let path = try folder.write("config", text: "[user]\n\tname = x\n")
        try folder.write("config.lock", text: "")
        let error = #expect(throws: AmxError.self) { try ConfigFile(path).set("user.name", "y") }
        #expect(error?.code == .conflict)
        #expect(error?.hint?.contains("config.lock") == true)
        #expect(try ConfigFile(path).string("user.name") == "x")
        try FileManager.default.removeItem(atPath: path + ".lock")
        try ConfigFile(path).set("user.name", "y")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["config"])
    }

    /// Keys are chosen by what they are in whole, in the file's order.
    @Test(arguments: [
        ("^remote\\..*\\.(url|prune)$", ["remote.a.url=x", "remote.b.c.url=y", "remote.b.c.prune="]),
        ("^remote\\.a\\.url$", ["remote.a.url=x"]), ("URL", []), ("é", ["remote.é.fetch=1"]),
        (".", ["core.x=1", "remote.a.url=x", "remote.b.c.url=y", "remote.b.c.prune=", "remote.é.fetch=1"]),
    ])
    func entriesAreFound(pattern: String, expected: [String]) throws {
        let folder = try TemporaryDirectory("amx-config")
        let text = "[core]\nx=1\n[remote \"a\"]\nurl=x\n[remote \"b.c\"]\nURL=y\nprune\n[remote \"é\"]\nfetch=1\n"
        let file = try ConfigFile(folder.write("config", text: text))
        #expect(try file.entries(matching: pattern).map { "\($0.key)=\($0.value)" } == expected)
        #expect(throws: AmxError.self) { try file.entries(matching: "(") }
    }

    private static func residentPages() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return Int(try #require(text.split(separator: " ").dropFirst().first)) ?? 0
    }

    /// A process that stays looks for keys again and again.
    @Test func keysThatDoNotMatchTakeNoMemory() throws {
        let folder = try TemporaryDirectory("amx-config")
        let file = try ConfigFile(folder.write("config", text: "[a]\n" + (1...20).map { "k\($0)=1\n" }.joined()))
        let before = try Self.residentPages()
        for _ in 1...1_500 { #expect(try file.entries(matching: "^b\\.").isEmpty) }
        // Other tests have memory of their own meanwhile; 20 KiB for each of these keys would be 600 MB.
        #expect(try Self.residentPages() < before + (300 << 20) / 4_096)
    }
}
