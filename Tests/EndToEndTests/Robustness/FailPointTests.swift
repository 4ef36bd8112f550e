import Foundation
import TestSupport
import Testing

/// Commands killed right before each of their writes, syncs and renames: afterwards all is as before or as after, never mixed.
@Suite(.onTestThreads, .enabled(if: FailPoints.obstacle == nil, "\(FailPoints.obstacle ?? "")"))
struct FailPointTests {
    /// A state between old and new that a user of git would expect too, and from which the same command goes on.
    enum Between: Sendable {
        /// What another command would have left.
        case after([String])
        /// The neighbour has what was pushed; that it does has not been noted here.
        case pushed
        /// The capsule is here without its working form.
        case fetched(String)
        /// Some of the capsules, and the workspace, have come forward, each wholly.
        case partly
    }

    /// A command, and what stands before it.
    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        var isGraces = false
        /// Where it may stop besides, since it changes two things one after the other.
        var between: Between?
        var prepare: @Sendable (AmxTool, AmxTool) throws -> Void = { _, _ in }

        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let cases = [
        Case(arguments: ["new", "fresh"]),
        Case(arguments: ["commit", "demo", "-m", "Third"]) { ada, _ in try change(ada) },
        Case(arguments: ["switch", "demo", "other"]),
        Case(arguments: ["switch", "demo", "third", "--create"]),
        Case(arguments: ["branch", "demo", "third"]),
        Case(arguments: ["release", "demo", "-m", "Two"]) { ada, _ in
            let path = "\(ada.capsule("demo"))/manifest.json"
            let manifest = try String(contentsOfFile: path, encoding: .utf8)
            try ada.write("demo", "manifest.json", manifest.replacing("0.1.0", with: "0.2.0"))
            try ada.json("commit", "demo", "-m", "Two")
        },
        Case(arguments: ["pack", "demo"]),
        Case(arguments: ["edit", "packed"]),
        Case(arguments: ["pull", "origin", "demo"], isGraces: true, between: .after(["fetch", "origin", "demo"])),
        Case(arguments: ["pull", "origin", "packed"], isGraces: true, between: .fetched("packed")),
        Case(arguments: ["fetch"], isGraces: true),
        Case(arguments: ["commit", "-m", "All"]) { ada, _ in
            try change(ada)
            try ada.json("edit", "packed")
            try ada.write("packed", "knowledge/notes.md", "unpacked\n")
            try Data("Read me\n".utf8).write(to: URL(fileURLWithPath: "\(ada.directory)/README.md"))
        },
        Case(arguments: ["merge", "demo", "side"]) { ada, _ in try side(ada, "knowledge/side.md") },
        Case(arguments: ["merge", "demo", "--abort"]) { ada, _ in
            try side(ada, "knowledge/notes.md")
            #expect(try ada.run("merge", "demo", "side").status == 6)
        },
        Case(arguments: ["commit", "demo", "-m", "Merged"]) { ada, _ in
            try side(ada, "knowledge/notes.md")
            #expect(try ada.run("merge", "demo", "side").status == 6)
            try ada.write("demo", "knowledge/notes.md", "resolved\n")
            try ada.json("resolve", "demo", "knowledge/notes.md")
        },
        Case(arguments: ["discard", "demo", "--yes"]) { ada, _ in try change(ada) },
        Case(arguments: ["stash", "demo"]) { ada, _ in try change(ada) },
        Case(arguments: ["stash", "pop", "demo"]) { ada, _ in
            try change(ada)
            try ada.json("stash", "demo")
        },
        Case(arguments: ["push", "origin", "demo"], isGraces: true, between: .pushed) { _, grace in
            try grace.json("switch", "demo", "graces", "--create")
            try change(grace)
            try grace.json("commit", "demo", "-m", "Grace's")
        },
        Case(arguments: ["clone", "../ada", "../copy"]) { ada, _ in try ada.json("commit", "-m", "All") },
        Case(arguments: ["clone", "../ada/.aimatrix/store/demo.git", "../copy"]),
        Case(arguments: ["release", "demo", "--sign", "-m", "Two"]) { ada, _ in
            try ada.json("key", "new")
            let path = "\(ada.capsule("demo"))/manifest.json"
            let manifest = try String(contentsOfFile: path, encoding: .utf8)
            try ada.write("demo", "manifest.json", manifest.replacing("0.1.0", with: "0.2.0"))
            try ada.json("commit", "demo", "-m", "Two")
        },
        Case(arguments: ["workspace", "switch", "side"]) { ada, _ in try workspaceSide(ada, "agents/side.md") },
        Case(arguments: ["pull"], isGraces: true, between: .partly) { ada, grace in
            try ada.json("commit", "-m", "All")
            try FileManager.default.removeItem(atPath: grace.directory)
            try grace.at(grace.home.path).json("clone", ada.directory, grace.directory)
            try change(ada)
            try write(ada, "agents/new.md", "new\n")
            try ada.json("commit", "-m", "More")
        },
        Case(arguments: ["workspace", "merge", "side"]) { ada, _ in try workspaceSide(ada, "agents/side.md") },
        Case(arguments: ["workspace", "merge", "--abort"]) { ada, _ in
            try workspaceSide(ada, "agents/main.md")
            #expect(try ada.run("workspace", "merge", "side").status == 6)
        },
        Case(arguments: ["commit", "-m", "Merged"]) { ada, _ in
            try workspaceSide(ada, "agents/main.md")
            #expect(try ada.run("workspace", "merge", "side").status == 6)
            try ada.json("workspace", "resolve", "agents/main.md", "--theirs")
        },
    ]

    @Sendable private static func write(_ tool: AmxTool, _ path: String, _ text: String) throws {
        let file = URL(fileURLWithPath: "\(tool.directory)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Makes a branch `side` of the workspace that changes a capsule, and a file which `main` may have changed otherwise.
    @Sendable private static func workspaceSide(_ tool: AmxTool, _ file: String) throws {
        try tool.json("commit", "-m", "All")
        try tool.json("workspace", "switch", "side", "--create")
        try change(tool)
        try write(tool, file, "side\n")
        try tool.json("commit", "-m", "Side")
        try tool.json("workspace", "switch", "main")
        try write(tool, "agents/main.md", "main\n")
        try tool.json("commit", "-m", "Main")
    }

    @Sendable private static func change(_ tool: AmxTool) throws {
        try tool.write("demo", "knowledge/notes.md", "changed\n")
        try tool.write("demo", "knowledge/added/file.md", "added\n")
        try FileManager.default.removeItem(atPath: "\(tool.capsule("demo"))/README.md")
    }

    /// Makes a branch `side` that changes a file which `main` may have changed otherwise.
    @Sendable private static func side(_ tool: AmxTool, _ file: String) throws {
        try tool.json("switch", "demo", "side", "--create")
        try tool.write("demo", file, "side\n")
        try tool.json("commit", "demo", "-m", "Side")
        try tool.json("switch", "demo", "main")
        try tool.write("demo", "knowledge/notes.md", "main\n")
        try tool.json("commit", "demo", "-m", "Main")
    }

    @Test(arguments: cases)
    func leavesOldOrNew(_ scenario: Case) throws {
        let neighbours = try Neighbours(scenario.prepare)
        let tool = scenario.isGraces ? neighbours.grace : neighbours.ada
        let before = try neighbours.state()
        var step: [String]?
        if case .after(let command) = scenario.between {
            try neighbours.restore()
            #expect(try tool.run(command).status == 0)
            step = try neighbours.state()
        }
        try neighbours.restore()
        let count = try FailPoints.count(of: scenario.arguments, by: tool)
        let after = try neighbours.state()
        #expect(before != after || scenario.arguments[0] == "fetch")
        #expect(try neighbours.defects() == [])
        var found: Set<[String]> = []
        for number in Self.numbers(upTo: count) {
            try neighbours.restore()
            guard try FailPoints.kill(before: number, of: scenario.arguments, by: tool) else { continue }
            let state = try neighbours.state()
            let isBetween =
                switch scenario.between {
                case .after: state == step
                case .pushed: state == [after[0], before[1]]
                case .partly: neighbours.isPartly(state, before, after)
                case .fetched(let id): state[0] == before[0] && state[1].contains("\(id): - main missing")
                case nil: false
                }
            #expect(
                state == before || state == after || isBetween, "killed before call \(number) of \(count): \(state)")
            found.insert(state)
            if state != after {
                let again = try tool.run(scenario.arguments)
                #expect(again.status == 0, "after a kill before call \(number) of \(count): \(again.errors)")
                #expect(try neighbours.state() == after, "again after a kill before call \(number) of \(count)")
            }
            // Any command that writes removes what killed ones have left.
            for tool in neighbours.tools { try tool.json("new", "sweeper") }
            let defects = try neighbours.defects()
            #expect(defects == [], "killed before call \(number) of \(count): \(defects)")
        }
        // A table whose kills all come too early or too late would show nothing.
        #expect(found.contains(before))
    }

    /// Calls that fail, each once, as on a full disk: what the command has begun it takes back or finishes itself, and leaves no note.
    @Test(
        arguments: cases.filter {
            [["switch", "demo", "other"], ["workspace", "switch", "side"], ["workspace", "merge", "side"]].contains(
                $0.arguments)
        })
    func takesBackWhatFails(_ scenario: Case) throws {
        let neighbours = try Neighbours(scenario.prepare)
        let tool = neighbours.ada
        let before = try neighbours.state()
        let calls = try FailPoints.roomTakingCalls(of: scenario.arguments, by: tool)
        let after = try neighbours.state()
        var failed = 0
        for number in Self.numbers(upTo: calls.count) {
            let call = calls[number - 1]
            try neighbours.restore()
            guard try FailPoints.fail(call, of: scenario.arguments, by: tool) else { continue }
            failed += 1
            let notes = try? FileManager.default.contentsOfDirectory(atPath: "\(tool.directory)/.aimatrix/pending")
            #expect(notes ?? [] == [], "failed at \(call)")
            let state = try neighbours.state()
            #expect(state == before || state == after, "failed at \(call): \(state)")
            try tool.json("new", "sweeper")
            #expect(try neighbours.defects() == [], "failed at \(call)")
        }
        #expect(failed > 0)
    }

    /// Every call where the environment asks for that, else about a dozen, the last ones included.
    private static func numbers(upTo count: Int) -> [Int] {
        if ProcessInfo.processInfo.environment["AMX_TEST_ALL_FAIL_POINTS"] != nil { return Array(1...max(1, count)) }
        let step = max(1, count / 12)
        // Calls are counted in each thread: the first of any comes before all others.
        return Array(stride(from: count, to: 1, by: -step)) + [1]
    }
}
