import Foundation
import TestSupport
import Testing

/// Commands that install, move and remove, killed right before each of their writes: all of it has happened, or none.
@Suite(.onTestThreads, .enabled(if: FailPoints.obstacle == nil, "\(FailPoints.obstacle ?? "")"))
struct OperationFailPointTests {
    private static let cases = [
        ["install", "--approve"], ["update", "--approve"], ["remove", "app"], ["undo"],
        ["configure", "app", "language=de"], ["commit"], ["workspace", "switch", "bare"],
        ["install", "--bundle", "../app.kcbundle", "--approve"],
    ]

    /// A workspace with something to do for a command, and how to put it back.
    private struct Scene {
        let shop: AmxTool
        private let saved: TemporaryDirectory

        init(for words: [String]) throws {
            let command = words[0]
            saved = try TemporaryDirectory("amx-e2e-saved")
            let user = try AmxTool()
            let source = try ReleaseSource(of: user)
            try source.releaseChain()
            shop = try user.workspace("shop", remote: source.path)
            // What is approved, and which hooks wait, comes and goes with the rest.
            let hooks = #""hooks": {"postInstall": "a.js", "postUpdate": "b.js"}"#
            if words.contains("--bundle") {
                try source.release("app", "1.1.0", needs: ["lib": "^1.0.0"], hooks)
                let maker = try user.workspace("maker", remote: source.path)
                try maker.json("add", "app", "--approve")
                try maker.json("bundle", "-o", user.home.appending("app.kcbundle"))
            } else if command == "install" {
                try source.release("app", "1.1.0", needs: ["lib": "^1.0.0"], hooks)
                try Data(#"{"name": "shop", "dependencies": {"app": "^1.0.0"}}"#.utf8).write(
                    to: URL(fileURLWithPath: "\(shop.directory)/amx.json"))
            } else {
                try shop.json("add", "app")
                try source.release("app", "1.1.0", needs: ["lib": "^1.0.0"], hooks)
                try source.release("lib", "1.1.0", needs: ["leaf": "^1.0.0"])
                try source.release("leaf", "1.1.0")
            }
            if command == "undo" { try shop.json("update", "--approve") }
            if command == "commit" { try stopMerge() }
            if command == "workspace" { try makeBareBranch() }
            // Folded, so that a copy of the folder has them too.
            try shop.json("events", "--fold")
            try copy(shop.directory, to: saved.appending("shop"))
        }

        /// Leaves a merge that is resolved and moves, brings and takes away installed capsules when it is concluded.
        private func stopMerge() throws {
            try shop.json("remove", "app")
            try shop.json("add", "leaf@1.0.0")
            try commit("Main")
            try shop.json("workspace", "switch", "winter", "--create")
            try shop.json("add", "lib@^1.0.0", "--approve")
            try shop.json("add", "leaf@1.1.0", "--approve")
            try commit("Winter")
            try shop.json("workspace", "switch", "main")
            try commit("Summer")
            guard try shop.run("workspace", "merge", "winter").status == 6 else { throw TestFailure("no conflict") }
            try shop.json("workspace", "resolve", "agents/a.md", "--theirs")
        }

        /// Makes a branch that has but one of the capsules.
        private func makeBareBranch() throws {
            try commit("Main")
            try shop.json("workspace", "switch", "bare", "--create")
            try shop.json("remove", "app")
            try shop.json("add", "leaf")
            try commit("Bare")
            try shop.json("workspace", "switch", "main")
        }

        private func commit(_ text: String) throws {
            let folder = "\(shop.directory)/agents"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("\(text)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/a.md"))
            try shop.json("commit", "-m", text)
        }

        func restore() throws {
            try FileManager.default.removeItem(atPath: shop.directory)
            try copy(saved.appending("shop"), to: shop.directory)
        }

        private func copy(_ from: String, to place: String) throws {
            let outcome = try Tool.run("cp", ["-a", from, place])
            guard outcome.status == 0 else { throw TestFailure("cp: \(outcome.errors)") }
        }

        /// What a user sees: the documents, what is installed with its content, the events, the configuration, the operations.
        func state() throws -> [String] {
            // A command first: it ends what was cut off.
            let installed = try shop.installed()
            var lines = [shop.text("amx.json") ?? "none", shop.text("amx.lock") ?? "none"] + installed
            for id in ["app", "leaf", "lib"] {
                let isHere = FileManager.default.fileExists(atPath: shop.packed(id))
                let verified = isHere ? try shop.json("verify", shop.packed(id))["results"][0]["digest"].string : nil
                lines.append("\(id): \(verified ?? "-")")
            }
            let own = try shop.json("workspace", "status")
            lines.append(
                "\(own["branch"].string ?? "") \(own["state"].string ?? "") \(own["merge"]["source"].string ?? "")")
            // A copied folder gets a chain of its own, whose place among the others is chance.
            lines += try shop.eventTypes().sorted()
            let configured = try shop.run("configure", "app", "--json")
            if configured.status == 0 { lines.append(configured.text) }
            lines += try approvals()
            lines += try shop.json("undo", "--list")["operations"].array.compactMap { $0["command"].string }
            return lines
        }

        /// What is approved, and which hooks wait.
        private func approvals() throws -> [String] {
            guard let text = shop.text(".aimatrix/approvals.json") else { return [] }
            let file = try JSONNode(Array(text.utf8))
            return file["approvals"].array.map { "approved \($0["capsule"].string ?? "") \($0["digest"].string ?? "")" }
                + file["pendingHooks"].array.map { "\($0["phase"].string ?? "") \($0["version"].string ?? "")" }
        }

        /// What is wrong with the repositories, the chain, or lies about.
        func defects() throws -> [String] {
            var defects: [String] = []
            for arguments in [["fsck"], ["audit"]] {
                let outcome = try shop.run(arguments)
                if outcome.status != 0 { defects.append("\(arguments): \(outcome.text)\(outcome.errors)") }
            }
            let folder = "\(shop.directory)/.aimatrix"
            let repositories = ["store", "removed"].flatMap { place in
                (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(place)").map { "\(place)/\($0)" })
                    ?? []
            }
            for path in repositories + ["workspace.git"]
            where FileManager.default.fileExists(atPath: "\(folder)/\(path)") {
                let outcome = try Tool.run(
                    "git", ["fsck", "--strict", "--full", "--no-dangling"], in: "\(folder)/\(path)",
                    environment: Tool.gitEnvironment)
                if outcome.status != 0 { defects.append("\(path): \(outcome.text)\(outcome.errors)") }
            }
            let entries = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            defects += entries.filter { path in
                ["tmp/", "pending/", "incoming-", ".tmp"].contains { "/\(path)".contains("/\($0)") }
                    || path.hasSuffix(".git/packed-refs.lock")
            }
            return defects
        }
    }

    @Test(arguments: cases)
    func leavesOldOrNew(_ command: [String]) throws {
        let scene = try Scene(for: command)
        // The copy has a name of its own for its events, which comes with the first of them.
        try scene.restore()
        let before = try scene.state()
        let count = try FailPoints.count(of: command, by: scene.shop)
        let after = try scene.state()
        #expect(before != after)
        #expect(try scene.defects() == [])
        var found: Set<[String]> = []
        for number in Self.numbers(upTo: count) {
            try scene.restore()
            guard try FailPoints.kill(before: number, of: command, by: scene.shop) else { continue }
            let state = try scene.state()
            #expect(state == before || state == after, "killed before call \(number) of \(count): \(state)")
            found.insert(state)
            if state == before {
                let again = try scene.shop.run(command)
                #expect(again.status == 0, "after a kill before call \(number) of \(count): \(again.errors)")
                let state = try scene.state()
                #expect(state == after, "again after a kill before call \(number) of \(count)")
            }
            // The next operation removes what killed ones have left, such as half a repository.
            let next = command[0] == "workspace" ? ["workspace", "switch", "main"] : ["undo", "--approve"]
            #expect(try scene.shop.run(next).status == 0)
            let defects = try scene.defects()
            #expect(defects == [], "killed before call \(number) of \(count): \(defects)")
        }
        #expect(found.contains(before) && found.contains(after))
    }

    /// Calls that fail for want of room, each once: the old state or the new one, and the next command goes on from there.
    @Test(arguments: cases.filter { !["undo", "configure"].contains($0[0]) })
    func takesBackWhatFails(_ command: [String]) throws {
        let scene = try Scene(for: command)
        try scene.restore()
        let before = try scene.state()
        let calls = try FailPoints.roomTakingCalls(of: command, by: scene.shop)
        let after = try scene.state()
        var failed = 0
        for number in Self.numbers(upTo: calls.count) {
            let call = calls[number - 1]
            try scene.restore()
            guard try FailPoints.fail(call, of: command, by: scene.shop) else { continue }
            failed += 1
            // That it failed is an event of its own.
            let state = try scene.state().filter { !$0.hasPrefix("error ") }
            #expect(state == before || state == after, "failed at \(call): \(state)")
            if command[0] == "install" { #expect(try scene.shop.run(command).status == 0) }
            try scene.shop.json("new", "sweeper")
            #expect(try scene.defects() == [], "failed at \(call)")
        }
        #expect(failed > 0)
    }

    /// Every call where the environment asks for that, else about a dozen: calls are counted in each thread, so that most of those that
    /// happen have low numbers.
    private static func numbers(upTo count: Int) -> [Int] {
        if ProcessInfo.processInfo.environment["AMX_TEST_ALL_FAIL_POINTS"] != nil { return Array(1...max(1, count)) }
        let low = stride(from: 1, through: max(1, count / 3), by: max(1, count / 24))
        return Array(low) + stride(from: count, to: count / 3, by: -max(1, count / 4))
    }
}
