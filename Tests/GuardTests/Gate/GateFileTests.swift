import Capsules
import Foundation
import Glibc
import Objects
import TestSupport
import Testing

@testable import Guard

@Suite("Gate: files")
struct GateFileTests {
    /// A workspace beside another folder with nearly its name, a home, and links of all kinds.
    struct Field {
        let folder: TemporaryDirectory
        var workspace: String { folder.appending("ws") }
        var home: String { folder.appending("home") }

        init() throws {
            folder = try TemporaryDirectory("amx-gate")
            for file in [
                "ws/src/a", "ws/src/deep/er/b", "ws/src-evil/a", "ws/other/c", "ws/.aimatrix/config", "ws/etc/passwd",
                "ws-evil/a",
                "home/notes", "out/exact.txt", "out/exact.txt.bak", "out/sub/d", "ws/un\u{E9}", "ws/a*b",
                "ws/a (deleted)",
            ] {
                try folder.write(file, text: file)
            }
            let links = [
                "ws/link": "/etc", "ws/out": "../out", "ws/in": "src", "ws/src/up": "../other",
                "ws/src/self": "deep/er",
                "ws/src/absolute": folder.appending("ws/src/deep"), "ws/loop": "loop", "ws/dangling": "nothing",
                "ws/src/dangling": "nothing", "ws/chain1": "chain2", "ws/chain2": "src/deep", "ws/amx": ".aimatrix",
                "ws/magic": "/proc/self/root/etc", "ws/inside-out-inside": "../ws/src", "ws-link": "ws",
            ]
            for (name, target) in links {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.appending(name), withDestinationPath: target)
            }
        }

        func gate(_ member: String, _ entries: [String], home: Bool = true) throws -> ManifestGate {
            try GateFixture.gate(
                "\"\(member)\": \(GateFixture.list(entries))", workspace: workspace, home: home ? self.home : nil)
        }

        /// A path of the table: `@` at its front is the folder that all lies in.
        func path(_ text: String) -> String { text.hasPrefix("@") ? folder.path + text.dropFirst() : text }
    }

    /// Entries, the path that is asked for, and whether it is allowed. Each holds for reading and for writing.
    static let rows: [(entries: [String], path: String, isAllowed: Bool)] = [
        // Rows S-070, S-079: nothing is declared.
        ([], "cwd://src/a", false), ([], "@/ws/src/a", false), ([], "/etc/passwd", false), ([], "cwd://", false),
        // Row S-073.
        (["*"], "cwd://src/../other/c", false), (["*"], "@/ws/src/../../etc", false), (["*"], "cwd://..", false),
        (["*"], "cwd://src/..", false), (["@/out"], "@/out/../out/exact.txt", false), (["*"], "..", false),
        (["*"], "/..", false),
        (["*"], "cwd://../ws/src/a", false), (["*"], "cwd:///..//ws/src/a", false), (["*"], "cwd://src/..a", true),
        (["*"], "cwd://src/...", true),
        // Row S-074.
        (["cwd://src"], "cwd://src", true), (["cwd://src"], "cwd://src/a", true),
        (["cwd://src"], "cwd://src-evil/a", false),
        (["cwd://src"], "@/ws/src/a", true), (["cwd://src"], "@/ws/src", true), (["cwd://src"], "@/ws/src-evil", false),
        (["cwd://src"], "@/ws//src/./deep///er/b", true), (["cwd://src"], "cwd://./src/./a", true),
        (["cwd://src"], "cwd://sr", false),
        (["cwd://src/deep"], "cwd://src", false), (["cwd://src/deep"], "cwd://src/deep/er/b", true),
        (["cwd://src"], "cwd://", false),
        (["cwd://./src//"], "cwd://src/a", true), (["cwd://src"], "cwd://src/", true),
        (["cwd://src/a"], "cwd://src/a/", true),
        (["cwd://src/a"], "cwd://src/ab", false), (["cwd://SRC"], "cwd://src/a", false),
        (["cwd://src"], "cwd://SRC/a", false),
        // Row S-075.
        (["*"], "cwd://src/a", true), (["*"], "@/ws/other/c", true), (["*"], "@/ws-evil/a", false),
        (["*"], "/etc/passwd", false),
        (["*"], "home://notes", false), (["*"], "@/home/notes", false), (["*"], "@", false), (["*"], "cwd://", true),
        (["*"], "/", false),
        // Row S-076.
        (["workspace://src"], "cwd://src/a", true), (["cwd://src"], "workspace://src/a", true),
        (["home://"], "home://notes", true),
        (["home://"], "@/home/notes", true), (["home://notes"], "home://other", false),
        (["cwd://"], "home://notes", false),
        (["home://"], "cwd://src/a", false), (["home://src"], "cwd://src", false),
        (["cwd://src"], "global://src/a", false),
        (["cwd://src"], "CWD://src/a", false), (["cwd://src"], "cwd:/src/a", false),
        (["cwd://src"], "file://src/a", false),
        // Row S-077.
        (["@/out/exact.txt"], "@/out/exact.txt", true), (["@/out/exact.txt"], "@/out/exact.txt.bak", false),
        (["@/out/exact.txt"], "@/out/exact.txt/below", true), (["@/out/exact.txt"], "@/out", false),
        (["@/out"], "@/out/sub/d", true),
        (["@/out"], "out/exact.txt", false), (["*"], "src/a", false), (["*"], "./src/a", false), (["*"], "*", false),
        (["*"], "~/x", false),
        // Row S-078, B-23.
        (["cwd:///etc"], "/etc/passwd", false), (["cwd:///etc"], "cwd://etc/passwd", true),
        (["cwd:///etc"], "cwd:///etc/passwd", true),
        (["cwd:////etc//"], "@/ws/etc/passwd", true), (["*"], "cwd:///etc/passwd", true), (["*"], "", false),
        (["*"], "\u{0}", false),
        (["*"], "cwd://src/a\u{0}", false), (["*"], "cwd://\u{0}/../src", false), (["*"], "cwd://src%2fa", true),
        (["*"], " cwd://src", false),
        // Symbolic links: what counts is where they lead, and from a scheme they stay within.
        (["*"], "cwd://link/passwd", false), (["*"], "@/ws/link/passwd", false), (["*"], "cwd://link", false),
        (["*"], "cwd://out/exact.txt", false), (["*"], "@/ws/out/exact.txt", false),
        (["@/out"], "cwd://out/exact.txt", false),
        (["@/out"], "@/ws/out/exact.txt", true), (["*"], "cwd://in/a", true), (["cwd://src"], "cwd://in/a", true),
        (["cwd://in"], "cwd://in/a", true), (["cwd://in"], "cwd://src/a", true), (["cwd://in"], "cwd://other/c", false),
        (["cwd://src"], "cwd://src/up/c", false), (["cwd://src", "cwd://other"], "cwd://src/up/c", true),
        (["cwd://other"], "cwd://src/up/c", true),
        (["cwd://src"], "cwd://src/self/b", true), (["cwd://src"], "cwd://src/absolute/er/b", false),
        (["cwd://src"], "@/ws/src/absolute/er/b", true), (["*"], "cwd://loop", false), (["*"], "cwd://loop/x", false),
        (["*"], "cwd://dangling", false), (["*"], "cwd://dangling/x", false), (["*"], "cwd://src/dangling", false),
        (["*"], "cwd://chain1/er/b", true),
        (["cwd://src/deep"], "cwd://chain1/er/b", true), (["cwd://chain1"], "cwd://src/deep/er/b", true),
        (["*"], "cwd://magic/passwd", false),
        (["*"], "@/ws/magic/passwd", false), (["*"], "cwd://inside-out-inside/a", false),
        (["*"], "@/ws/inside-out-inside/a", true),
        (["*"], "@/ws-link/src/a", true), (["cwd://link"], "cwd://link/passwd", false),
        (["cwd://link"], "/etc/passwd", false),
        (["cwd://out"], "@/out/exact.txt", false), (["@/ws-link/src"], "cwd://src/a", true),
        (["@/ws/link"], "/etc/passwd", true),
        // What is not there yet.
        (["cwd://src"], "cwd://src/new", true), (["cwd://src"], "cwd://src/new/er/file", true),
        (["cwd://new"], "cwd://new", true),
        (["cwd://new"], "cwd://new/er/file", true), (["cwd://new"], "cwd://newer", false),
        (["cwd://new"], "cwd://in", false),
        (["cwd://src"], "cwd://in/new", true), (["@/nowhere/x"], "@/nowhere/x/y", true),
        (["@/nowhere/x"], "@/nowhere/xy", false),
        (["cwd://in/new"], "cwd://src/new/x", true), (["cwd://src"], "cwd://src/a/below", true),
        (["cwd://src"], "cwd://src/up/new", false),
        // Names are bytes.
        (["cwd://un\u{E9}"], "cwd://un\u{E9}", true), (["cwd://une\u{301}"], "cwd://un\u{E9}", false),
        (["*"], "cwd://a*b", true),
        (["cwd://a (deleted)"], "cwd://a (deleted)", true),
        (["cwd://src"], "cwd://src/" + String(repeating: "x", count: 256), false),
        (["cwd://src"], "cwd://src/" + String(repeating: "x", count: 255), true),
        (["*"], "cwd://" + String(repeating: "a/", count: 2040), true),
        (["*"], "cwd://" + String(repeating: "a/", count: 2050), false),
        // What is nobody's.
        (["*"], "cwd://.aimatrix/config", false), (["cwd://.aimatrix"], "cwd://.aimatrix/config", false),
        (["*"], "cwd://.aimatrix", false),
        (["*"], "@/ws/.aimatrix/new", false), (["@/ws"], "@/ws-link/.aimatrix/config", false),
        (["*"], "cwd://amx/config", false),
        (["*"], "cwd://.aimatrix2", true), (["*"], "cwd://src/.aimatrix", true),
        (["/proc"], "/proc/self/environ", false),
        (["/proc/self"], "/proc/self/root/etc/passwd", false), (["/etc"], "/proc/self/root/etc/passwd", false),
        (["/etc"], "/etc/passwd", true),
    ]

    @Test("follows the table, for reading and for writing", arguments: FileAccess.allCases)
    func table(access: FileAccess) throws {
        let field = try Field()
        for (entries, path, isAllowed) in Self.rows {
            let gate = try field.gate(access == .read ? "fsRead" : "fsWrite", entries.map(field.path))
            let denial = GateFixture.denial { () throws(AccessDenial) in
                try gate.checkFile(field.path(path), for: access)
            }
            #expect((denial == nil) == isAllowed, "\(entries) \(path): \(denial?.description ?? "allowed")")
            #expect(denial?.check ?? access.check == access.check)
            // Rows S-070 and S-079: the other list stays empty.
            for other in FileAccess.allCases where other != access {
                #expect(throws: AccessDenial.self) { try gate.checkFile(field.path(path), for: other) }
            }
        }
    }

    @Test("knows no home and no workspace that there is not (row S-076)")
    func withoutRoots() throws {
        let field = try Field()
        let gate = try field.gate("fsRead", ["home://", "cwd://src"], home: false)
        #expect(throws: AccessDenial.self) { try gate.checkFile("home://notes", for: .read) }
        #expect(throws: AccessDenial.self) { try gate.checkFile(field.path("@/home/notes"), for: .read) }
        #expect(throws: AccessDenial.self) { try gate.checkFile("/notes", for: .read) }
        try gate.checkFile("cwd://src/a", for: .read)
        for workspace in [nil, "", "ws", field.path("@/missing"), field.path("@/out/exact.txt")] {
            let gate = try GateFixture.gate(#""fsRead": ["*"]"#, workspace: workspace)
            for path in ["cwd://src/a", "cwd://", "/src/a", "/", field.path("@/ws/src/a")] {
                #expect(throws: AccessDenial.self, "\(workspace ?? "nil") \(path)") {
                    try gate.checkFile(path, for: .read)
                }
            }
        }
    }

    @Test("keeps to the folder that the workspace was, whatever its path leads to later")
    func movedWorkspace() throws {
        let field = try Field()
        let gate = try field.gate("fsRead", ["cwd://src"])
        #expect(rename(field.workspace, field.path("@/moved")) == 0)
        try field.folder.write("ws/src/a", text: "another")
        var file = try gate.openFile("cwd://src/a", for: .read)
        #expect(try file.readToEnd() == Array("ws/src/a".utf8))
        #expect(throws: AccessDenial.self) { try gate.checkFile(field.path("@/ws/src/a"), for: .read) }
        file = try gate.openFile(field.path("@/moved/src/a"), for: .read)
        #expect(try file.readToEnd() == Array("ws/src/a".utf8))
    }

    @Test("tells nobody whether something is there that is not declared")
    func silence() throws {
        let field = try Field()
        let gate = try field.gate("fsRead", ["cwd://src"])
        let paths = [
            "/etc/passwd", "/etc/missing", "/root/.ssh/id", "/etc/passwd/x", "cwd://other/c", "cwd://other/missing",
            "cwd://loop",
            "cwd://dangling", "cwd://link/passwd", "cwd://link/missing", "home://notes", "home://missing",
            "cwd://magic/passwd",
        ]
        for path in paths {
            let denial = GateFixture.denial { () throws(AccessDenial) in try gate.checkFile(path, for: .read) }
            #expect(denial?.reason == "file read of '\(path)' not declared in manifest")
            #expect(denial?.remedy == "add \"\(path)\" to capabilities.fsRead in manifest.json")
        }
        let told = GateFixture.denial { () throws(AccessDenial) in try gate.checkFile("cwd://src/up/c", for: .read) }
        #expect(told?.reason == "file read of 'cwd://src/up/c': a symbolic link leads out of what is declared")
    }

    @Test("keeps the folder of Amx to itself when it is a link, and when it comes later")
    func reserved() throws {
        let field = try Field()
        let (own, state) = (field.path("@/ws/.aimatrix"), field.path("@/ws/state"))
        #expect(rename(own, state) == 0 && symlink("state", own) == 0)
        let linked = try field.gate("fsRead", ["*"])
        for path in ["cwd://state/config", "cwd://.aimatrix/config", "@/ws/state"] {
            let denial = GateFixture.denial { () throws(AccessDenial) in
                try linked.checkFile(field.path(path), for: .read)
            }
            #expect(denial?.rule == "reserved folders", "\(path)")
        }
        try linked.checkFile("cwd://state2", for: .read)
        // A link that led elsewhere when the gate was made.
        #expect(unlink(own) == 0 && symlink("../out", own) == 0)
        let later = try field.gate("fsRead", ["*"])
        #expect(unlink(own) == 0 && rename(state, own) == 0)
        #expect(throws: AccessDenial.self) { try later.checkFile("cwd://.aimatrix/config", for: .read) }
    }

    @Test("takes no folder that was removed for one whose name is what the kernel then says")
    func removed() throws {
        let field = try Field()
        try field.folder.write("ws/gone (deleted)/secret", text: "secret")
        #expect(mkdir(field.path("@/ws/gone"), 0o755) == 0)
        let manifest = try GateFixture.manifest(#""capabilities": {"fsRead": ["cwd://gone"]}"#)
        let opener = PathOpener { folder, path, flags, mode, rules in
            let descriptor = PathOpener.kernel.call(folder, path, flags, mode, rules)
            if String(cString: path) == "gone" { rmdir(field.path("@/ws/gone")) }
            return descriptor
        }
        let gate = ManifestGate(
            capsule: "probe",
            declared: [DeclaredCapabilities(place: "capabilities", capabilities: manifest.capabilities)],
            allowsNetwork: true, resolver: PathResolver(workspace: field.workspace, home: nil, opener: opener))
        #expect(throws: AccessDenial.self) { try gate.checkFile("cwd://gone (deleted)/secret", for: .read) }
        #expect(!FileManager.default.fileExists(atPath: field.path("@/ws/gone")))
    }

    @Test("counts the first entries of a list alone")
    func manyEntries() throws {
        let field = try Field()
        let most = ManifestGate.maximumGrants
        let others = (0..<most).map { "cwd://other/\($0)" }
        try field.gate("fsRead", others.dropLast() + ["cwd://src"]).checkFile("cwd://src/a", for: .read)
        let gate = try field.gate("fsRead", others + ["cwd://src"])
        #expect(throws: AccessDenial.self) { try gate.checkFile("cwd://src/a", for: .read) }
    }

    @Test("denies, and says why, where the kernel cannot tell where a path leads")
    func oldKernel() throws {
        let field = try Field()
        let manifest = try GateFixture.manifest(#""capabilities": {"fsRead": ["*"], "fsWrite": ["*"]}"#)
        let declared = [DeclaredCapabilities(place: "capabilities", capabilities: manifest.capabilities)]
        let resolver = PathResolver(
            workspace: field.workspace, home: nil, opener: PathOpener { _, _, _, _, _ in -ENOSYS })
        let gate = ManifestGate(capsule: "probe", declared: declared, allowsNetwork: true, resolver: resolver)
        for path in ["cwd://src/a", "/etc/passwd", "cwd://"] {
            let denial = GateFixture.denial { () throws(AccessDenial) in try gate.checkFile(path, for: .read) }
            #expect(
                denial?.reason.hasSuffix("the kernel lacks openat2, or /proc is not there, so no path can be checked")
                    == true)
            #expect(denial?.remedy.contains("Linux 5.6") == true)
            let error = #expect(throws: AmxError.self) { _ = try gate.openFile(path, for: .write) }
            #expect(error?.code == .denied)
        }
    }
}
