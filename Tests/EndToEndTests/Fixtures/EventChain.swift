import Foundation
import TestSupport

/// The event chain of one copy of a workspace, made by git's plumbing.
struct EventChain {
    /// The copy's replica id.
    let replica: String
    private let repository: String
    /// The file that an own chain goes on in.
    private let journal: String?

    /// The chain's name in every repository.
    var ref: String { "refs/amx/events/\(replica)" }

    /// Names the chain of a workspace by the digit that its id is made of; with `isOwn` it is that copy's, whose journal has nothing but where
    /// the chain ends.
    init(_ digit: Character, of tool: AmxTool, isOwn: Bool = true) throws {
        replica = String(repeating: digit, count: 32)
        repository = "\(tool.directory)/.aimatrix/workspace.git"
        journal = isOwn ? "\(tool.directory)/.aimatrix/journal" : nil
        guard isOwn else { return }
        try? FileManager.default.removeItem(atPath: "\(repository)/amx-replica")
        try "\(replica)\n".write(toFile: "\(tool.directory)/.aimatrix/replica", atomically: false, encoding: .utf8)
        try goOn(after: tip)
    }

    /// Writes a journal without events that goes on after a commit, by `docs/events.md`.
    private func goOn(after commit: String?) throws {
        guard let journal else { return }
        func bytes(_ hex: String) -> [UInt8] {
            let digits = Array(hex)
            return stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
        }
        var header = Array("amx-journal-v1\0\0".utf8) + bytes(replica) + [UInt8](repeating: 0, count: 8)
        header += (0..<8).map { _ in UInt8.random(in: 1...255) } + bytes(commit ?? String(repeating: "0", count: 40))
        var crc: UInt32 = .max
        for byte in header {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        header += (0..<4).map { UInt8(truncatingIfNeeded: ~crc >> (8 * $0)) }
        try Data(header).write(to: URL(fileURLWithPath: journal))
    }

    /// Adds a batch of events and returns the chain's new end.
    @discardableResult
    func append(_ text: String) throws -> String {
        let commit = try batch(text, after: tip)
        try git("update-ref", ref, commit)
        try goOn(after: commit)
        return commit
    }

    /// A commit with a batch of events that no reference has.
    func batch(_ text: String, after parent: String?) throws -> String {
        let events = try git("hash-object", "-w", "--stdin", input: "{\"event\": \"\(text)\"}\n")
        let state = try git("hash-object", "-w", "--stdin", input: "{\"state\": \"\(text)\"}\n")
        let states = try git("mktree", input: "100644 blob \(state)\tdemo.json\n")
        let tree = try git("mktree", input: "100644 blob \(events)\tevents.ndjson\n040000 tree \(states)\tstate\n")
        return try Tool.git(
            ["commit-tree", tree, "-m", text] + (parent.map { ["-p", $0] } ?? []), in: repository)
    }

    /// Where the chain ends in the workspace; nil when it is not there.
    var tip: String? {
        get throws {
            let found = try Tool.git(["for-each-ref", "--format=%(objectname)", ref], in: repository)
            return found.isEmpty ? nil : found
        }
    }

    @discardableResult
    private func git(_ arguments: String..., input: String = "") throws -> String {
        try Tool.git(arguments, in: repository, input: Array(input.utf8))
    }
}
