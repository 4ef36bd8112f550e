import Foundation
import TestSupport

/// The event chain of one copy of a workspace, made by git's plumbing.
struct EventChain {
    /// The copy's replica id.
    let replica: String
    private let repository: String

    /// The chain's name in every repository.
    var ref: String { "refs/amx/events/\(replica)" }

    /// Names the chain of a workspace by the digit that its id is made of; with `isOwn` it is that copy's, which has no journal then.
    init(_ digit: Character, of tool: AmxTool, isOwn: Bool = true) throws {
        replica = String(repeating: digit, count: 32)
        repository = "\(tool.directory)/.aimatrix/workspace.git"
        guard isOwn else { return }
        try? FileManager.default.removeItem(atPath: "\(tool.directory)/.aimatrix/journal")
        try "\(replica)\n".write(toFile: "\(tool.directory)/.aimatrix/replica", atomically: false, encoding: .utf8)
    }

    /// Adds a batch of events and returns the chain's new end.
    @discardableResult
    func append(_ text: String) throws -> String {
        let commit = try batch(text, after: tip)
        try git("update-ref", ref, commit)
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
