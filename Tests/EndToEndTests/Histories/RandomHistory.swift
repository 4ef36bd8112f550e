import Foundation
import TestSupport

/// A random history of a capsule, the same for the same seed: commits, branches, merges and releases.
///
/// It is a stream for `git fast-import`, which makes hundreds of commits in one process.
struct RandomHistory {
    /// The branches' names.
    private(set) var branches: [String] = ["main"]
    private var generator: SeededGenerator
    private var stream = ""
    private var marks: [String: Int] = [:]
    private var files: [String: Set<String>] = [:]
    private var versions: [String: Int] = [:]
    private var count = 0
    private let id: String

    /// Begins the history of a capsule.
    init(seed: UInt64, id: String) {
        generator = SeededGenerator(seed: seed)
        self.id = id
        commit(on: "main", from: nil)
    }

    /// Adds steps and returns what `git fast-import` reads, for all of them since the last call.
    mutating func steps(_ number: Int) -> String {
        for _ in 0..<number { step() }
        defer { stream = "" }
        return stream
    }

    private mutating func step() {
        let branch = branches[Int.random(in: branches.indices, using: &generator)]
        switch Int.random(in: 0..<10, using: &generator) {
        case 0 where branches.count < 6:
            let name = ["feature/a", "feature/b", "fix", "x.y", "long-lived"][branches.count - 1]
            commit(on: name, from: branch)
            branches.append(name)
        case 1:
            let other = branches[Int.random(in: branches.indices, using: &generator)]
            commit(on: branch, from: branch, merging: other == branch ? nil : other)
        case 2: release(branch)
        default: commit(on: branch, from: branch)
        }
    }

    private mutating func commit(on branch: String, from parent: String?, merging other: String? = nil) {
        count += 1
        let source = parent.flatMap { marks[$0] }
        var present = parent.flatMap { files[$0] } ?? []
        var change = ""
        if parent == nil { change += manifest(version: 0) }
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let path =
                "knowledge/\(["a", "b/c", "b/d", "é", "データ/x"][Int.random(in: 0..<5, using: &generator)])-"
                + "\(Int.random(in: 0..<6, using: &generator)).txt"
            if present.contains(path), Int.random(in: 0..<4, using: &generator) == 0 {
                change += "D \(path)\n"
                present.remove(path)
            } else {
                let text = String(repeating: "line \(generator.next() % 50)\n", count: Int(generator.next() % 40))
                let mode = Int.random(in: 0..<5, using: &generator) == 0 ? "755" : "644"
                change += "M \(mode) inline \(path)\ndata \(text.utf8.count)\n\(text)\n"
                present.insert(path)
            }
        }
        stream += "commit refs/heads/\(branch)\nmark :\(count)\n"
        stream += "committer R Ändom <r@example.com> \(1_700_000_000 + count * 7) +0100\ndata 9\nStep \(1000 + count)\n"
        if let source { stream += "from :\(source)\n" }
        if let other, let mark = marks[other] { stream += "merge :\(mark)\n" }
        stream += change + "\n"
        marks[branch] = count
        files[branch] = present
    }

    /// A commit with a version that was not released yet, and its annotated tag.
    private mutating func release(_ branch: String) {
        count += 1
        let version = (versions.values.max() ?? 0) + 1
        versions[branch] = version
        stream += "commit refs/heads/\(branch)\nmark :\(count)\n"
        stream += "committer R <r@example.com> \(1_700_000_000 + count * 7) +0100\ndata 7\nVersion\n"
        stream += "from :\(marks[branch] ?? 1)\n" + manifest(version: version) + "\n"
        stream += "tag v1.\(version).0\nfrom :\(count)\n"
        stream += "tagger R <r@example.com> \(1_700_000_000 + count * 7) +0100\ndata 7\nRelease\n"
        marks[branch] = count
    }

    private func manifest(version: Int) -> String {
        let text = GitCopy.manifest(id, "1.\(version).0")
        return "M 644 inline manifest.json\ndata \(text.utf8.count)\n\(text)\n"
    }
}
