import Foundation
import TestSupport
import Testing

/// The tree of what is required, whatever somebody has put into the workspace.
@Suite(.onTestThreads) struct TreeTests {
    /// Each level is a call within a call: thousands of them ended the process.
    @Test func longChainsAreCut() throws {
        let user = try AmxTool("Ada").workspace()
        let names = (0...501).map { "x\(1000 + $0)" }
        for (id, next) in zip(names, names.dropFirst() + [""]) {
            let dependencies = next.isEmpty ? [:] : [next: "^1.0.0"]
            try FileManager.default.createDirectory(atPath: user.capsule(id), withIntermediateDirectories: true)
            try JSONSerialization.data(
                withJSONObject: ["id": id, "name": id, "version": "1.0.0", "dependencies": dependencies]
            ).write(to: URL(fileURLWithPath: "\(user.capsule(id))/manifest.json"))
        }
        let lines = try user.run("tree").text.split(separator: "\n")
        #expect(lines[499].contains("x1499 1.0.0") && !lines[499].contains("(...)"))
        #expect(lines[500].contains("x1500 1.0.0") && lines[500].hasSuffix("(...)"), "\(lines[500].suffix(60))")
        // From there, it is shown as it stands by itself.
        #expect(lines.last?.contains("x1501") == true)
        #expect(try user.run("tree", "x1000", "--depth", "100000").status == 0)
    }
}
