import Foundation
import TestSupport
import Testing

/// What standard error warns of as text stands in the result with `--json`.
@Suite(.onTestThreads) struct JSONWarningsTests {
    /// What makes a user with something to warn of.
    typealias Preparation = @Sendable () throws -> AmxTool

    /// A command, what comes before it, and a part of what it warns of.
    struct Case: Sendable, CustomTestStringConvertible {
        let command: [String]
        let words: String
        var status: Int32 = 0
        let prepare: Preparation
        var testDescription: String { command.joined(separator: " ") }
    }

    static let cases: [Case] = [
        Case(command: ["init", "inner"], words: "it lies in the workspace") { try AmxTool().workspace() },
        Case(command: ["config", "usr.name", "x"], words: "amx reads no setting usr.name") {
            try AmxTool().workspace()
        },
        Case(command: ["release", "refunds"], words: "uncommitted changes") {
            let work = try AmxTool().workspace()
            try work.newCapsule("refunds")
            try work.write("refunds", "README.md", "more\n")
            return work
        },
        Case(command: ["tree", "--load"], words: "which nobody provides") {
            let user = try AmxTool()
            let source = try ReleaseSource(of: user)
            try source.release("desk", "1.0.0", #""requires": ["tool:print"]"#)
            try source.release("chair", "1.0.0")
            let shop = try user.workspace("shop", remote: source.path)
            try shop.json("add", "desk", "chair")
            return shop
        },
        Case(command: ["status"], words: "an operation that was cut off") { try unfinished() },
        // With the error, where there is no result.
        Case(command: ["show", "nothing"], words: "an operation that was cut off", status: 3) { try unfinished() },
        Case(command: ["clone", "source", "copy"], words: "left out: leaf") { try strange() },
        Case(command: ["push"], words: "the workspace itself was left out") {
            let work = try AmxTool().workspace("work", remote: "../other")
            try work.at(work.home.path).json("init", "other")
            try work.newCapsule("refunds")
            try work.json("commit", "-m", "Workspace")
            return work
        },
    ]

    /// A workspace with an operation that only a newer version can end.
    private static func unfinished() throws -> AmxTool {
        let work = try AmxTool().workspace()
        let folder = "\(work.directory)/.aimatrix/pending"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(#"{"schema": 9}"#.utf8).write(to: URL(fileURLWithPath: "\(folder)/@operation"))
        return work
    }

    /// The home of a user with a workspace whose lock names a place that nobody who clones it knows.
    private static func strange() throws -> AmxTool {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.release("leaf", "1.0.0")
        let lock = "\(source.path)/amx.lock"
        try source.tool.json("commit", "-m", "Locked")
        let text = try String(contentsOfFile: lock, encoding: .utf8)
        let moved = text.replacing(#""source": "workspace""#, with: #""source": "https://hub.example/acme""#)
            .replacing(#""branch": "main""#, with: #""tag": "v1.0.0""#)
        try Data(moved.utf8).write(to: URL(fileURLWithPath: lock))
        try source.tool.json("commit", "-m", "Elsewhere")
        return user
    }

    private func warnings(_ node: JSONNode) -> [String] { node["warnings"].array.compactMap(\.string) }

    @Test(arguments: cases) func resultsHaveWhatTextWarnsOf(_ item: Case) throws {
        let text = try item.prepare()
        let plain = try text.run(item.command)
        let told = plain.errors.split(separator: "\n").compactMap { line in
            line.hasPrefix("warning: ") ? String(line.dropFirst("warning: ".count)) : nil
        }
        #expect(plain.status == item.status && told.contains { $0.contains(item.words) }, "\(plain.errors)")
        let user = try item.prepare()
        let outcome = try user.run(item.command + ["--json"])
        #expect(outcome.status == item.status, "\(outcome.errors)")
        let node = try JSONNode(item.status == 0 ? outcome.output : Array(outcome.errors.utf8))
        // Places and commits differ from user to user.
        let listed = warnings(node)
        #expect(listed.count == told.count && listed.contains { $0.contains(item.words) }, "\(listed) \(told)")
        #expect(item.status != 0 || outcome.errors.isEmpty, "\(outcome.errors)")
        #expect((node["error"] == .null) == (item.status == 0))
    }

    /// Without anything to warn of there is no such member.
    @Test func nothingToWarnOfIsNoMember() throws {
        let user = try AmxTool()
        let made = try user.json("init", "work")
        guard case .object(let members) = made else { throw TestFailure("\(made)") }
        #expect(members["warnings"] == nil)
    }
}
