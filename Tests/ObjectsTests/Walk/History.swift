import Foundation
import Objects
import TestSupport
import Testing

/// A bare repository with a random history, made by `git fast-import`.
struct History {
    /// How the commits' clocks run.
    enum Clock {
        /// Each commit is newer than its parents.
        case sane
        /// All commits are of one second.
        case frozen
        /// Anything goes.
        case wild
    }

    let folder: TemporaryDirectory
    let path: String
    /// In the order of making: parents come before children.
    let commits: [ObjectID]

    /// Makes `count` commits of a few files in nested folders, a third of them merges.
    init(seed: UInt64, count: Int, clock: Clock, isLinear: Bool = false) throws {
        folder = try TemporaryDirectory()
        path = folder.appending("h.git")
        _ = try Repository.create(at: path)
        var random = SeededGenerator(seed: seed)
        var stream = ""
        let names = ["a", "b/x", "b/y", "b/c/z", "b/c/d/w", "e"]
        for index in 1...count {
            let time =
                switch clock {
                case .sane: 1_600_000_000 + index * 10
                case .frozen: 1_600_000_000
                case .wild: Int.random(in: 1_500_000_000...1_600_000_000, using: &random)
                }
            stream += "commit refs/heads/c\(index)\nmark :\(index)\ncommitter T <t@e.x> \(time) +0000\n"
            stream += "data 2\nm\n"
            var parents: Set<Int> = []
            if index > 1, isLinear || Int.random(in: 0..<20, using: &random) > 0 {
                parents.insert(isLinear ? index - 1 : Int.random(in: max(1, index - 8)..<index, using: &random))
                if !isLinear, Int.random(in: 0..<3, using: &random) == 0 {
                    parents.insert(Int.random(in: max(1, index - 15)..<index, using: &random))
                }
            }
            for (position, parent) in parents.sorted(by: >).enumerated() {
                stream += "\(position == 0 ? "from" : "merge") :\(parent)\n"
            }
            // Few contents, so that they come back: the same blob and tree at several places and times.
            let content = "content \(Int.random(in: 0..<(isLinear ? 1_000_000 : 12), using: &random))\n"
            let size = content.utf8.count
            stream += "M 100644 inline \(names[Int.random(in: 0..<names.count, using: &random)])\n"
            stream += "data \(size)\n\(content)\n"
        }
        try Tool.git(["fast-import", "--quiet", "--export-marks=\(path)/marks"], in: path, input: Array(stream.utf8))
        let marks = try String(contentsOfFile: "\(path)/marks", encoding: .utf8)
        var ids: [Int: ObjectID] = [:]
        for line in marks.split(separator: "\n") {
            let parts = line.split(separator: " ")
            ids[try #require(Int(parts[0].dropFirst()))] = ObjectID(hex: parts[1])
        }
        commits = try (1...count).map { try #require(ids[$0]) }
    }

    /// The first column of a `git rev-list`.
    func revList(_ arguments: [String]) throws -> [String] {
        try Tool.git(["rev-list"] + arguments, in: path)
            .split(separator: "\n").map { String($0.prefix(40)) }
    }
}
