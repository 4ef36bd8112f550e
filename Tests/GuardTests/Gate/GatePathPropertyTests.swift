import Capsules
import Foundation
import Glibc
import Guard
import TestSupport
import Testing

@Suite("Gate: random paths")
struct GatePathPropertyTests {
    /// The real path of what is there; of what is not, its folder's and the names below.
    ///
    /// Nil where a link leads nowhere. The oracle is the C library's own `realpath`.
    static func real(_ path: String) -> String? {
        var missing: [String] = []
        var rest = path
        while true {
            if let found = realpath(rest, nil) {
                defer { free(found) }
                var base = String(cString: found)
                if base == "/" { base = "" }
                return base + missing.reversed().map { "/" + $0 }.joined()
            }
            guard errno == ENOENT || errno == ENOTDIR else { return nil }
            var status = stat()
            if lstat(rest, &status) == 0 { return nil }
            let cut = (rest as NSString).deletingLastPathComponent
            missing.append((rest as NSString).lastPathComponent)
            rest = cut
        }
    }

    static func lies(_ path: String, in folder: String) -> Bool { path == folder || path.hasPrefix(folder + "/") }

    @Test("of random trees are allowed where their real paths lie in those of random grants", arguments: 1...12)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryDirectory("amx-gate-random")
        let workspace = folder.appending("w")
        let names = ["a", "b", "ab", "a.b"]
        func name() -> String { names.randomElement(using: &random) ?? "a" }
        func relative(_ longest: Int) -> String {
            (0..<Int.random(in: 1...longest, using: &random)).map { _ in name() }.joined(separator: "/")
        }
        // A tree of folders, files and links, beside the workspace, too.
        for _ in 0..<40 {
            let place = folder.appending((Bool.random(using: &random) ? "w/" : "v/") + relative(3))
            let parent = (place as NSString).deletingLastPathComponent
            guard (try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)) != nil
            else {
                continue
            }
            switch Int.random(in: 0..<5, using: &random) {
            case 0: mkdir(place, 0o755)
            case 1: close(open(place, O_WRONLY | O_CREAT, 0o644))
            case 2: symlink(relative(2), place)
            case 3:
                let ups = String(repeating: "../", count: Int.random(in: 1...4, using: &random))
                symlink(
                    ups + (Bool.random(using: &random) ? "" : Bool.random(using: &random) ? "w/" : "v/") + relative(2),
                    place)
            default: symlink(folder.appending((Bool.random(using: &random) ? "w/" : "v/") + relative(2)), place)
            }
        }
        mkdir(workspace, 0o755)
        var counts = [0, 0, 0]
        for _ in 0..<150 {
            // A grant, and what it is in full.
            let grants = (0..<Int.random(in: 1...3, using: &random)).map {
                _ -> (entry: String, path: String, isHost: Bool) in
                let inside = Bool.random(using: &random) ? "" : relative(3)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: return ("*", workspace, false)
                case 1, 2: return ("cwd://" + inside, workspace + (inside.isEmpty ? "" : "/" + inside), false)
                case 3: return (workspace + "/" + relative(3), "", true)
                default: return (folder.appending("v/") + relative(3), "", true)
                }
            }.map { $0.isHost ? ($0.entry, $0.entry, true) : $0 }
            let gate = try GateFixture.gate(
                "\"fsRead\": \(GateFixture.list(grants.map(\.0)))", workspace: workspace)
            for _ in 0..<10 {
                let inside = relative(5)
                let isScheme = Bool.random(using: &random)
                let outside = folder.appending((Bool.random(using: &random) ? "w/" : "v/") + inside)
                let asked = isScheme ? "cwd://" + inside : outside
                let full = isScheme ? workspace + "/" + inside : outside
                let isAllowed =
                    GateFixture.denial { () throws(AccessDenial) in try gate.checkFile(asked, for: .read) } == nil
                let real = Self.real(full)
                // A grant of a scheme whose links lead out of the workspace has no effect.
                let roots = grants.compactMap { grant -> (String, Bool)? in
                    guard let real = Self.real(grant.1) else { return nil }
                    return grant.2 || Self.lies(real, in: workspace) ? (real, grant.2) : nil
                }
                let fits = real.map { real in roots.contains { Self.lies(real, in: $0.0) } } ?? false
                if isAllowed {
                    // What is allowed lies in a grant, always.
                    #expect(fits, "\(grants.map(\.0)) \(asked) \(real ?? "nowhere")")
                    if isScheme { #expect(Self.lies(real ?? "", in: workspace), "\(asked)") }
                    counts[0] += 1
                } else if fits, !isScheme, grants.allSatisfy(\.2) {
                    // Without schemes, on which absolute links and ways out and in again end, the two say the same.
                    Issue.record("\(grants.map(\.0)) \(asked) \(real ?? "nowhere")")
                } else if fits {
                    counts[1] += 1
                } else {
                    counts[2] += 1
                }
            }
        }
        #expect(counts[0] > 100 && counts[2] > 100, "\(counts)")
    }

    @Test(
        "within a tree without absolute links are allowed exactly where their real paths lie in the grant",
        arguments: 21...32)
    func exact(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryDirectory("amx-gate-exact")
        let workspace = folder.appending("w")
        mkdir(workspace, 0o755)
        let names = ["a", "b", "ab"]
        func relative(_ longest: Int) -> String {
            (0..<Int.random(in: 1...longest, using: &random)).map { _ in names.randomElement(using: &random) ?? "a" }
                .joined(separator: "/")
        }
        for _ in 0..<20 {
            let inside = relative(3)
            let place = "\(workspace)/\(inside)"
            let parent = (place as NSString).deletingLastPathComponent
            try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            // Links lead downwards from the workspace's root, so that none leaves it on its way.
            let depth = inside.split(separator: "/").count - 1
            let real = Self.real(parent) ?? ""
            let realDepth = real.split(separator: "/").count - workspace.split(separator: "/").count
            switch Int.random(in: 0..<4, using: &random) {
            case 0: mkdir(place, 0o755)
            case 1: close(open(place, O_WRONLY | O_CREAT, 0o644))
            default:
                guard real.hasPrefix(workspace), depth >= 0 else { continue }
                symlink(String(repeating: "../", count: max(0, realDepth)) + relative(2), place)
            }
        }
        var counts = [0, 0]
        for _ in 0..<100 {
            let grant = relative(3)
            let gate = try GateFixture.gate(#""fsRead": ["cwd://\#(grant)"]"#, workspace: workspace)
            for _ in 0..<10 {
                let inside = relative(4)
                let isAllowed =
                    GateFixture.denial { () throws(AccessDenial) in try gate.checkFile("cwd://\(inside)", for: .read) }
                    == nil
                let expected =
                    if let asked = Self.real("\(workspace)/\(inside)"), let root = Self.real("\(workspace)/\(grant)") {
                        Self.lies(asked, in: root)
                    } else {
                        false
                    }
                #expect(isAllowed == expected, "cwd://\(grant) cwd://\(inside)")
                counts[isAllowed ? 0 : 1] += 1
            }
        }
        #expect(counts[0] > 20 && counts[1] > 20, "\(counts)")
    }
}
