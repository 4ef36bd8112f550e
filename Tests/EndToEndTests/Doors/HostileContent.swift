import Foundation
import TestSupport

/// Content of a capsule that every door takes, or every door refuses for the same reason.
struct HostileContent: Sendable, CustomStringConvertible {
    /// What it is an example of.
    let kind: String
    let files: [TreeForgery.File]
    /// Words that every refusal says; nil when every door takes it.
    let reason: String?
    /// Whether the entries of its trees are in git's order.
    var isSorted = true

    var description: String { "\(kind) \(files.map { TreeText.printable($0.path) }.filter { $0 != "manifest.json" })" }
    var forgery: TreeForgery { TreeForgery(files: files, isSorted: isSorted) }

    private enum TreeText {
        static func printable(_ bytes: [UInt8]) -> String {
            let text = String(decoding: bytes, as: UTF8.self).unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
            return text.count > 60 ? "\(text.prefix(60))... (\(bytes.count) bytes)" : text
        }
    }
}

extension HostileContent {
    /// The manifest of the capsule `demo` that all of them would be.
    static let manifest = GitCopy.manifest("demo", "1.0.0")

    /// One example of every kind, others for each seed.
    static func examples(seed: UInt64) -> [HostileContent] {
        var random = SeededGenerator(seed: seed)
        return names(&random) + sets(&random) + modes(&random) + manifests(&random)
    }

    private init(_ kind: String, _ paths: [[UInt8]], _ reason: String?) {
        self.init(
            kind: kind, files: [.init("manifest.json", Self.manifest)] + paths.map { .init($0) }, reason: reason)
    }

    /// Single names.
    private static func names(_ random: inout SeededGenerator) -> [HostileContent] {
        var found: [HostileContent] = []
        func add(_ kind: String, _ name: String, _ reason: String?) {
            let folder = ["", "docs/", "a/b/"].randomElement(using: &random) ?? ""
            let child = Bool.random(using: &random) ? "/inner.md" : ""
            found.append(HostileContent(kind, [Array("\(folder)\(name)\(child)".utf8)], reason))
        }
        add("git's name", cased(".git", &random), "git's own")
        add("git's module list", cased(".gitmodules", &random), "git's own")
        add("git's short name", cased("git~\(Int.random(in: 1...4, using: &random))", &random), "git's own")
        add("git's hashed short name", cased("gi2837~\(Int.random(in: 1...9, using: &random))", &random), "git's own")
        add("Amx's name", cased([".amx", ".aimatrix"].randomElement(using: &random) ?? "", &random), "Amx's own")
        add("Amx's short name", cased("aimatr~\(Int.random(in: 1...4, using: &random))", &random), "Amx's own")
        add(
            "a name that HFS+ takes for git's",
            inserting(["\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}"], ".git", &random), "format")
        add("a stream of git's folder", ".git::$INDEX_ALLOCATION", "':'")
        let device = [
            "con", "prn", "aux", "nul", "com1", "com0", "lpt9", "com\u{B9}", "lpt\u{B3}", "conin$", "conout$",
        ]
        let ending = ["", ".txt", ".tar.gz", " .md"].randomElement(using: &random) ?? ""
        add("a device", cased(device.randomElement(using: &random) ?? "", &random) + ending, "device")
        let forbidden = ["\\", ":", "<", ">", "\"", "|", "?", "*"].randomElement(using: &random) ?? ":"
        add("a character of Windows", inserting([forbidden], "name", &random), "'\(forbidden)'")
        let control = ["\u{1}", "\t", "\n", "\r", "\u{1B}", "\u{7F}", "\u{85}", "\u{9F}"]
        add("a control character", inserting(control, "name", &random), "control")
        let format = ["\u{AD}", "\u{61C}", "\u{200E}", "\u{202E}", "\u{2066}", "\u{FEFF}", "\u{E0001}", "\u{E0041}"]
        add("a format character", inserting(format, "name", &random), "format")
        add(
            "an end of a dot or space", "name" + ([".", " ", "...", ". "].randomElement(using: &random) ?? "."),
            "dot or a space")
        let invalid: [[UInt8]] = [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]]
        found.append(
            HostileContent("no UTF-8", [Array("a".utf8) + (invalid.randomElement(using: &random) ?? [])], "UTF-8"))
        let long = String(repeating: "n", count: 256 + Int.random(in: 0...40, using: &random))
        add("a long name", long, "255 bytes")
        found.append(
            HostileContent("a long path", [path(bytes: 1025 + Int.random(in: 0...90, using: &random))], "1024 bytes"))
        let depth = 65 + Int.random(in: 0...9, using: &random)
        found.append(
            HostileContent(
                "a deep path", [Array(Array(repeating: "d", count: depth).joined(separator: "/").utf8)], "64 "))
        // As far as it goes.
        found.append(HostileContent("the longest path", [path(bytes: 1024)], nil))
        add("the longest name", String(repeating: "m", count: 255), nil)
        found.append(
            HostileContent(
                "the deepest path", [Array(Array(repeating: "f", count: 64).joined(separator: "/").utf8)], nil))
        let odd = [
            "console.log", "com10", "lpt", "nul-1", "git~5", "gitmodules", ".gitx", "..a", "a..b", "~", "$x", "#!",
            "-x", " a", "データ", "e\u{301}", ".hidden", "aux_",
        ]
        for name in odd.shuffled(using: &random).prefix(3) { add("an odd name", name, nil) }
        return found
    }

    /// Names beside each other.
    private static func sets(_ random: inout SeededGenerator) -> [HostileContent] {
        let pairs = [
            ("readme", "README"), ("stra\u{DF}e", "STRASSE"), ("\u{E9}", "e\u{301}"), ("\u{C5}", "\u{212B}"),
            ("\u{17F}", "s"), ("k", "\u{212A}"), ("\u{FB01}", "fi"), ("\u{3C3}", "\u{3C2}"),
        ]
        var found: [HostileContent] = []
        for (left, right) in pairs.shuffled(using: &random).prefix(3) {
            let ending = ["", "/x", "/x.md"].randomElement(using: &random) ?? ""
            let other = ending.isEmpty ? "" : "/y"
            let folder = ["", "docs/"].randomElement(using: &random) ?? ""
            found.append(
                HostileContent(
                    "names of one spelling",
                    ["\(folder)\(left)\(ending)", "\(folder)\(right)\(other)"].map { Array($0.utf8) },
                    "same name"))
        }
        found.append(
            HostileContent(
                "a file and a folder of one spelling", ["Docs", "docs/a"].map { Array($0.utf8) }, "same name"))
        found.append(HostileContent("a workspace's file", [Array("amx.json".utf8)], "amx.json"))
        var twice = HostileContent("a name twice", ["a.md", "a.md"].map { Array($0.utf8) }, "twice")
        found.append(twice)
        twice = HostileContent("trees out of order", ["a.md", "b.md", "c/d.md"].map { Array($0.utf8) }, "not sorted")
        twice.isSorted = false
        found.append(twice)
        return found
    }

    /// Entries that are no files.
    private static func modes(_ random: inout SeededGenerator) -> [HostileContent] {
        let targets = ["/etc/passwd", "..", "manifest.json", "missing"]
        let cases = [
            ("a symbolic link", "120000", targets.randomElement(using: &random) ?? "", "symbolic link|'120000'"),
            ("a commit of another repository", "160000", "", "'160000'"),
            ("a mode of old", "100664", "x\n", "'100664'"),
            (
                "no mode at all", ["100600", "000000", "0100644", "100645"].randomElement(using: &random) ?? "", "x\n",
                "its mode is"
            ),
        ]
        return cases.map { kind, mode, content, reason in
            HostileContent(
                kind: kind,
                files: [.init("manifest.json", manifest), .init("docs/entry", content, mode: mode)], reason: reason)
        } + [
            HostileContent(
                kind: "a program",
                files: [.init("manifest.json", manifest), .init("bin/run", "#!/bin/sh\n", mode: "100755")], reason: nil)
        ]
    }

    private static func manifests(_ random: inout SeededGenerator) -> [HostileContent] {
        func text(_ members: String...) -> String { "{\(members.joined(separator: ", "))}" }
        let (id, name, version) = ("\"id\": \"demo\"", "\"name\": \"A\"", "\"version\": \"1.0.0\"")
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        let cases: [(String, String?, String?)] = [
            ("no manifest", nil, "no manifest.json"),
            ("an empty manifest", pick(["", " ", "\n"]), "manifest.json"),
            ("a manifest that is no object", pick(["[]", "1", "\"demo\"", "null"]), "manifest.json"),
            (
                "a trailing comma",
                pick(["{\(id), \(name), \(version),}", "{\(id), \(name), \(version), \"tags\": [1,]}"]), "manifest.json"
            ),
            ("a key twice", text(id, name, version, pick([id, name, "\"\\u0069d\": \"demo\""])), "manifest.json"),
            ("a key twice within", text(id, name, version, "\"x\": {\"a\": 1, \"\\u0061\": 2}"), "manifest.json"),
            ("a byte order mark", "\u{FEFF}" + text(id, name, version), "manifest.json"),
            ("a NUL in a key", text(id, name, version, "\"a\\u0000b\": 1"), "manifest.json"),
            ("half a character", text(id, name, version, "\"x\": \"\\ud800\""), "manifest.json"),
            ("a comment", text(id, name, version) + " // more", "manifest.json"),
            (
                "a number of no form",
                text(id, name, version, "\"x\": \(pick(["01", "+1", ".5", "1.", "NaN", "0x1"]))"), "manifest.json"
            ),
            (
                "brackets too deep",
                text(
                    id, name, version, "\"x\": " + String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
                ), "manifest.json"
            ),
            (
                "a wrong type",
                text(id, name, pick(["\"version\": 1", "\"version\": null", "\"version\": [\"1.0.0\"]"])),
                "manifest.json"
            ),
            ("no name", text(id, version), "manifest.json"),
            ("no version", text(id, pick([name, "\(name), \"Version\": \"1.0.0\""])), "manifest.json"),
            (
                "another's id", text("\"id\": \"\(pick(["other", "demo2", "demo.x"]))\"", name, version),
                "says that its id is"
            ),
            (
                "an id of no form",
                text(
                    "\"id\": \"\(pick(["Demo", "de mo", "demo/x", "..", "con", "git", "-demo", "d\u{E9}mo"]))\"", name,
                    version), "manifest.json"
            ),
            (
                "a version of no form",
                text(id, name, "\"version\": \"\(pick(["1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0+", "latest"]))\""),
                "manifest.json"
            ),
            (
                "an asset that is not there",
                text(id, name, version, "\"knowledgeAssets\": {\"rules\": [\"rules/none.json\"]}"), "manifest.json"
            ),
            (
                "a manifest that is too large",
                text(id, name, version, "\"x\": \"" + String(repeating: "y", count: 1 << 20) + "\""),
                "limit 'manifestBytes'"
            ),
            ("unknown members", text(id, name, version, "\"x\": {\"y\": [1, 2.5e3, true, null]}"), nil),
        ]
        return cases.map { kind, text, reason in
            HostileContent(
                kind: kind, files: (text.map { [.init("manifest.json", $0)] } ?? []) + [.init("a.md")], reason: reason)
        }
    }

    private static func cased(_ name: String, _ random: inout SeededGenerator) -> String {
        String(name.map { Bool.random(using: &random) ? Character($0.uppercased()) : $0 })
    }

    private static func inserting(_ choices: [String], _ name: String, _ random: inout SeededGenerator) -> String {
        let place = name.index(name.startIndex, offsetBy: Int.random(in: 1..<name.count, using: &random))
        return name[..<place] + (choices.randomElement(using: &random) ?? "") + name[place...]
    }

    private static func path(bytes: Int) -> [UInt8] {
        var path: [UInt8] = []
        while bytes - path.count > 255 {
            path += [UInt8](repeating: UInt8(ascii: "p"), count: 200) + [UInt8(ascii: "/")]
        }
        return path + [UInt8](repeating: UInt8(ascii: "p"), count: bytes - path.count)
    }
}
