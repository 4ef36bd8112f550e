import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import HubServer

/// A hub's data that no process has open: a capsule with branches and a release.
private struct StoredHub {
    let folder: TemporaryDirectory
    let directory: DataDirectory
    let repository: String

    init() async throws {
        folder = try TemporaryDirectory("amx-hub")
        let process = try HubProcess(folder)
        let hub = try await process.served()
        let work = try await Clone(capsule: "demo")
        for step in 0..<3 {
            try work.write("rules/one.md", String(repeating: "line of text \(step)\n", count: 40))
            try await work.commit("Step \(step)")
        }
        try await work.git("tag", "-a", "-m", "first", "v1.0.0")
        try await work.git("branch", "topic", "main~1")
        try await work.git("push", "-q", hub.remote("acme/demo.git"), "main", "topic", "v1.0.0")
        process.terminate()
        _ = try await process.end()
        try hub.accounts.close()
        directory = hub.directory
        repository = hub.repository("acme/demo")
    }

    func report(minimumAge: Int = 60, _ chosen: String...) throws -> HubFsck.Report {
        try HubFsck(directory, minimumAge: minimumAge).run(chosen) { _, _ in }
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try Tool.git(arguments, in: repository).trimmingCharacters(in: .newlines)
    }

    func write(_ text: String, _ name: String) throws {
        let path = "\(directory.path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// Runs a statement on the accounts as another program would.
    func execute(_ sql: String) throws {
        let outcome = try Tool.run(
            "python3",
            [
                "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()",
                directory.databasePath, sql,
            ])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// All that is there, as text: paths, kinds, sizes, times of change, inodes.
    func fingerprint() throws -> [String] {
        try Tool.run("find", [directory.path, "-printf", "%P %y %s %T@ %i\n"]).text.split(separator: "\n").map(
            String.init
        )
        .sorted()
    }
}

@Suite struct FsckTests {
    @Test func findsNothingInASoundHubAndChangesNothing() async throws {
        let hub = try await StoredHub()
        let before = try hub.fingerprint()
        let report = try hub.report()
        #expect(report.findings.map { "\($0)" } == [])
        #expect(report.notes == [])
        #expect(report.repositories == 1 && report.objects > 10)
        #expect(try hub.report("acme/demo").objects == report.objects)
        #expect(try hub.report("acme").repositories == 1)
        #expect(throws: AmxError.self) { try hub.report("acme/none") }
        #expect(try hub.fingerprint() == before)
    }

    /// Every single flipped bit is found, whatever file it is in, and however git has packed it anew.
    @Test func findsEveryFlippedBit() async throws {
        let hub = try await StoredHub()
        for round in 0..<2 {
            if round == 1 {
                try hub.git("repack", "-q", "-a", "-d", "-f", "--depth=10", "--write-bitmap-index")
                try hub.git("multi-pack-index", "write")
                try hub.git("commit-graph", "write", "--reachable")
            }
            #expect(try hub.report().findings.map { "\($0)" } == [])
            var files = ["hub.sqlite", "hub.sqlite.sha256"]
            let list = try Tool.run("find", [hub.repository, "-type", "f", "-size", "+0"]).text.split(separator: "\n")
            files += list.map { String($0.dropFirst(hub.directory.path.utf8.count + 1)) }
            // What git lists for servers that only hand out files, which a hub is not.
            files.removeAll { $0.hasSuffix("/info/packs") || $0.hasSuffix("/info/refs") }
            var random = SeededGenerator(seed: 0xB17 + UInt64(round))
            for step in 0..<250 {
                // Each file at least some times.
                let file = files[
                    step % 2 == 0 ? (step / 2) % files.count : Int.random(in: 0..<files.count, using: &random)]
                let path = "\(hub.directory.path)/\(file)"
                let sound = try Data(contentsOf: URL(fileURLWithPath: path))
                let place = Int.random(in: 0..<sound.count, using: &random)
                let bit = UInt8.random(in: 0..<8, using: &random)
                var damaged = sound
                damaged[place] ^= 1 << bit
                try FileManager.default.removeItem(atPath: path)
                try damaged.write(to: URL(fileURLWithPath: path))
                let report = file.hasPrefix("hub.sqlite") ? try hub.report() : try hub.report("acme/demo")
                #expect(!report.findings.isEmpty, "bit \(bit) of byte \(place) of \(sound.count) of \(file)")
                #expect(!report.findings.contains { $0.finding.problem.isEmpty || $0.finding.hint.isEmpty })
                try sound.write(to: URL(fileURLWithPath: path))
            }
            #expect(try hub.report().findings.map { "\($0)" } == [])
        }
    }

    private static let damages: [(String, String, FsckFinding.Kind, String, @Sendable (StoredHub) throws -> Void)] = [
        ("a folder of nobody", "data", .layout, "store/nobody", { try $0.write("", "store/nobody/x.git/HEAD") }),
        ("a file in the store", "data", .layout, "store/acme/notes", { try $0.write("x", "store/acme/notes") }),
        ("an unknown file", "data", .layout, "backup.tar", { try $0.write("x", "backup.tar") }),
        ("a limit that is none", "data", .config, "config", { try $0.write("[limits]\n\tpackBytes = x\n", "config") }),
        ("a script that cannot run", "data", .config, "hooks/pre-receive", { try $0.write("x", "hooks/pre-receive") }),
        ("what a killed hub left", "data", .litter, "incoming/a.git", { try $0.write("", "incoming/a.git/HEAD") }),
        (
            "accounts that others have changed", "accounts", .accounts, "hub.sqlite",
            { try $0.execute("UPDATE token SET rights = 1") }
        ),
        (
            "unknown rights", "accounts", .accounts, "token ",
            { try $0.execute("UPDATE token SET rights = 15") }
        ),
        (
            "a token of nobody", "accounts", .accounts, "token ",
            { try $0.execute("UPDATE token SET owner = 'none'") }
        ),
        (
            "a secret that nobody has", "accounts", .accounts, "token ",
            { try $0.execute("UPDATE token SET lookup = x'0000000000000000'") }
        ),
        (
            "a reference of others", "acme/demo", .ref, "refs/notes/x",
            { try $0.git("update-ref", "refs/notes/x", "main") }
        ),
        (
            "events of a capsule", "acme/demo", .ref, "refs/amx/events/a",
            { try $0.git("update-ref", "refs/amx/events/a", "main") }
        ),
        (
            "a branch of another capsule", "acme/demo", .ref, "refs/heads/other",
            { hub in
                let path = hub.folder.appending("manifest.json")
                try Clone.manifest("other", "1.0.0").write(toFile: path, atomically: true, encoding: .utf8)
                let blob = try hub.git("hash-object", "-w", path)
                let tree = try Tool.run(
                    "git", ["mktree"], in: hub.repository, input: Array("100644 blob \(blob)\tmanifest.json\n".utf8))
                let commit = try hub.git("commit-tree", "-m", "x", tree.text.trimmingCharacters(in: .newlines))
                try hub.git("update-ref", "refs/heads/other", commit)
            }
        ),
        (
            "a stale lock", "acme/demo", .lock, "packed-refs.lock",
            { try $0.write("", "store/acme/demo.git/packed-refs.lock") }
        ),
        (
            "a quarantine", "acme/demo", .litter, "objects/incoming-a",
            { try $0.write("", "store/acme/demo.git/objects/incoming-a/lock") }
        ),
        (
            "an unreadable setting", "acme/demo", .config, "config",
            { try $0.write("[core\n", "store/acme/demo.git/config") }
        ),
        (
            "no settings", "acme/demo", .config, "config",
            { try FileManager.default.removeItem(atPath: "\($0.repository)/config") }
        ),
    ]

    @Test(arguments: damages.indices) func names(_ index: Int) async throws {
        let hub = try await StoredHub()
        let (label, subject, kind, place, damage) = Self.damages[index]
        try damage(hub)
        let found = try hub.report(minimumAge: 0).findings
        #expect(
            found.contains { $0.subject == subject && $0.finding.kind == kind && $0.finding.place.hasPrefix(place) },
            "\(label): \(found)")
    }

    /// The next command does not hide that accounts have changed behind the hub's back.
    @Test func keepsAWrongChecksum() async throws {
        let hub = try await StoredHub()
        try hub.execute("UPDATE token SET rights = 1")
        for _ in 0..<2 {
            try AccountDatabase(hub.directory).close()
            #expect(try hub.report().findings.map(\.finding.place) == ["hub.sqlite"])
        }
        try FileManager.default.removeItem(atPath: "\(hub.directory.databasePath).sha256")
        try AccountDatabase(hub.directory).close()
        #expect(try hub.report().findings.isEmpty)
    }

    @Test func takesABranchToComeForHead() async throws {
        let hub = try await StoredHub()
        try hub.git("symbolic-ref", "HEAD", "refs/heads/later")
        #expect(try hub.report().findings.isEmpty)
    }

    /// Beside a hub that takes pushes, nothing is found, and the accounts can be looked at.
    @Test func findsNothingBesideAServingHub() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", "-q", hub.remote("acme/demo.git"), "main")
            let remote = hub.remote("acme/demo.git")
            let directory = hub.directory
            let checks = Task {
                var found: [String] = []
                for _ in 0..<20 {
                    found += try await Offload.run {
                        let report = try HubFsck(directory, minimumAge: 0).run { _, _ in }
                        #expect(report.notes.count == 1 && report.notes.first?.contains("in use") == true)
                        return report.findings.map { "\($0)" }
                    }
                }
                return found
            }
            for step in 0..<15 {
                try work.write("rules/one.md", String(repeating: "line of text \(step)\n", count: 400))
                try await work.commit("Step \(step)")
                try await work.git("push", "-q", remote, "main", "main:refs/heads/b\(step)")
            }
            #expect(try await checks.value == [])
        }
    }
}
