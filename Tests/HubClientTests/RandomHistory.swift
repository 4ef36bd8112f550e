import TestSupport

/// A capsule's random history for `git fast-import`: branches, merges and releases, repeatable by its seed.
struct RandomHistory {
    private var generator: SeededGenerator
    private var text: [UInt8] = []
    private var tips: [String: Int] = [:]
    private var mark = 0
    private var time = 1_700_000_000

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// The stream of what was added since the last call, to be read into the same repository.
    mutating func takeStream() -> [UInt8] {
        defer { text = [] }
        return text + Array("done\n".utf8)
    }

    /// Adds a commit to a branch, which starts at another one when it is new.
    mutating func commit(
        to branch: String, from base: String? = nil, merging other: String? = nil, release: Bool = false
    ) {
        mark += 1
        time += Int.random(in: 1...100, using: &generator)
        line("commit refs/heads/\(branch)")
        line("mark :\(mark)")
        line("committer Test <test@example.com> \(time) +0100")
        data(Array("Change \(mark)\n".utf8))
        if let parent = tips[branch] ?? base.flatMap({ tips[$0] }) { line("from :\(parent)") }
        if let other, let tip = tips[other] { line("merge :\(tip)") }
        let version = "0.1.\(mark)"
        file("manifest.json", Array("{\"id\":\"kit\",\"name\":\"Kit\",\"version\":\"\(version)\"}\n".utf8))
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let path = "d\(Int.random(in: 0..<4, using: &generator))/f\(Int.random(in: 0..<8, using: &generator)).txt"
            file(path, Array("\(generator.next())\n\(String(repeating: "line\n", count: 20))".utf8))
        }
        line("")
        tips[branch] = mark
        guard release else { return }
        line("tag v\(version)")
        line("from :\(mark)")
        line("tagger Test <test@example.com> \(time) +0100")
        data(Array("Release \(version)\n".utf8))
    }

    /// Adds a file that does not compress.
    mutating func commitBlob(to branch: String, bytes: Int) {
        commit(to: branch)
        text.removeLast()
        file("blob-\(mark)", generator.bytes(bytes))
        line("")
    }

    /// Adds some commits to three branches.
    mutating func grow(_ commits: Int) {
        for index in 0..<commits {
            let branch = ["main", "main", "side", "fix/a"].randomElement(using: &generator) ?? "main"
            if tips["main"] == nil {
                commit(to: "main")
            } else {
                let merge = index % 7 == 3 && branch == "main" && tips["side"] != nil ? "side" : nil
                commit(to: branch, from: "main", merging: merge, release: index % 5 == 4)
            }
        }
    }

    private mutating func line(_ line: String) { text += Array("\(line)\n".utf8) }

    private mutating func data(_ bytes: [UInt8]) {
        line("data \(bytes.count)")
        text += bytes
        line("")
    }

    private mutating func file(_ path: String, _ bytes: [UInt8]) {
        line("M 100644 inline \(path)")
        data(bytes)
    }
}
