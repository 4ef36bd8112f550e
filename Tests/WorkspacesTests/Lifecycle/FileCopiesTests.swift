import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// Copies of files in `.aimatrix/files`: what is named stays, what nobody names goes in time.
@Suite struct FileCopiesTests {
    private static let day: Int64 = 86_400_000_000
    private let fixture: OperationFixture
    private var workspace: Workspace { fixture.workspace }
    private var folder: String { "\(workspace.root)/\(FileSource.keptFolder)" }

    init() throws {
        fixture = try OperationFixture()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// A copy's name.
    private func name(_ id: String, _ number: Int) -> String {
        id + "-" + String(format: "%016x", number) + ".kc"
    }

    /// Makes files that were changed so many days ago.
    private func make(_ names: [String], days: Double = 31) throws {
        for name in names {
            let path = "\(folder)/\(name)"
            try Data("x".utf8).write(to: URL(fileURLWithPath: path))
            let date = Date(timeIntervalSinceNow: -days * 86_400)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
    }

    private func left() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    private func sweep(after days: Int64 = 0) throws -> [String] {
        let now = EventTime(microseconds: EventTime.now().microseconds + days * Self.day)
        return try workspace.write { () throws(AmxError) in try FileCopies(workspace).removeUnnamed(at: now) }
    }

    /// An operation that leaves `c`, required from a copy, or from the remote it was made at.
    private func perform(_ command: Workspaces.Operation.Command, from copy: String?) throws {
        var operation = try fixture.operation(command, ["c 1.0.0"], requires: ["c"])
        if let copy {
            let entry = try #require(operation.lock.capsules.first)
            operation.lock = WorkspaceLock([
                LockedCapsule(
                    id: entry.id, version: entry.version, line: entry.line, commit: entry.commit, tree: entry.tree,
                    digest: entry.digest, source: .address("./\(FileSource.keptFolder)/\(copy)"),
                    requestedBy: entry.requestedBy)
            ])
        }
        try fixture.perform(operation)
    }

    @Test func whatNothingNamesGoesWithItsSignature() throws {
        let copy = name("lib", 1)
        try make([copy, "\(copy).sig"])
        #expect(try sweep() == [copy] && left() == [])
        #expect(try sweep() == [])
    }

    /// Cut off after the copy went.
    @Test func aSignatureAloneGoesToo() throws {
        let copy = name("lib", 1)
        try make(["\(copy).sig"])
        #expect(try sweep() == [copy] && left() == [])
    }

    @Test func whatIsYoungStays() throws {
        let (old, young) = (name("lib", 1), name("lib", 2))
        try make([old, "\(young).sig"], days: 31)
        try make(["\(old).sig", young], days: 29)
        #expect(try sweep() == [] && left().count == 4)
        #expect(try sweep(after: 2) == [old, young] && left() == [])
    }

    /// Names that Amx gives no copy, and what is no file.
    @Test func whatIsNoCopyStays() throws {
        let names = [
            "mine.kc", "lib-12.kc", "lib-00000000000000g1.kc", "Lib-0000000000000001.kc", "lib-0000000000000001.zip",
            "-0000000000000001.kc",
        ]
        try make(names, days: 4000)
        try FileManager.default.createDirectory(
            atPath: "\(folder)/\(name("lib", 9))", withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/\(name("lib", 8))", withDestinationPath: "mine.kc")
        let all = try left()
        #expect(try sweep(after: 1000) == [] && left() == all)
    }

    /// By the lock of now, and then by the operations of the grace period and the time of backups.
    @Test func whatALockOrAnOperationNamesStays() throws {
        let (copy, other) = (name("c", 1), name("c", 2))
        try fixture.bring("c")
        try make([copy, other])
        try perform(.install, from: copy)
        // The operation itself has looked.
        #expect(try left() == [copy])
        try make([copy], days: 4000)
        #expect(try sweep() == [] && left() == [copy])
        // It counts as young now.
        #expect(try sweep(after: 29) == [])
        try perform(.update, from: nil)
        for days: Int64 in [31, 62, 390] {
            try make([copy], days: 31)
            #expect(try sweep(after: days) == [], "\(days)")
        }
        try make([copy], days: 31)
        #expect(try sweep(after: 396) == [copy] && left() == [])
    }

    /// A branch of the workspace that is not the current one.
    @Test func whatABranchNamesStays() throws {
        let copy = name("c", 1)
        let repository = try workspace.filesRepositoryOrNew().path
        func git(_ arguments: String..., input: String = "") throws -> String {
            try Tool.git(arguments, in: repository, input: Array(input.utf8))
        }
        let blob = try git("hash-object", "-w", "--stdin", input: "{\"from\": \"./.aimatrix\\/files\\/\(copy)\"}\n")
        let tree = try git("mktree", input: "100644 blob \(blob)\tamx.lock\n")
        for ref in ["refs/heads/side", "refs/remotes/origin/main"] {
            _ = try git("update-ref", ref, git("commit-tree", tree, "-m", "x"))
            try make([copy])
            #expect(try sweep() == [], "\(ref)")
            _ = try git("update-ref", "-d", ref)
        }
        try make([copy])
        #expect(try sweep() == [copy])
    }

    /// One that is about to be named again is not taken away before it is.
    @Test func aConfirmedCopyIsYoung() throws {
        let copy = name("lib", 1)
        try make([copy], days: 4000)
        FileCopies(workspace).confirm(copy)
        #expect(try sweep() == [])
        #expect(try sweep(after: 31) == [copy])
    }

    /// Killed at any moment, what is named is whole.
    @Test(arguments: WorkspaceFixture.moments) func killed(_ microseconds: Int) throws {
        let copies = (0..<4).map { name("c", $0) }
        try make(copies + copies.map { "\($0).sig" })
        try fixture.base.folder.write("amx.lock", text: "{\"\(copies[2])\": 0}")
        try fixture.base.kill(after: microseconds) { _ = try sweep() }
        _ = try sweep()
        #expect(try left() == [copies[2], "\(copies[2]).sig"])
    }
}
