import Foundation
import Objects
import TestSupport
import Testing

/// Repositories and packs that real git makes, and what git thinks of ours.
enum GitFixture {
    /// A working repository with a text that grows, a binary file that changes, and folders.
    static func history(
        in folder: TemporaryDirectory, commits: Int, seed: UInt64, binarySize: Int = 200_000
    ) throws -> String {
        let path = folder.appending("source")
        try Tool.git(["init", "-q", "-b", "main", path], in: folder.path)
        var random = SeededGenerator(seed: seed)
        var text = (0..<400).map { "line \($0) \(random.next())\n" }.joined()
        var binary = random.bytes(binarySize)
        for number in 0..<commits {
            text += "revision \(number) \(random.next())\n"
            binary.replaceSubrange(1000..<1200, with: random.bytes(200))
            try folder.write("source/manifest.json", text: "{\"id\": \"a\", \"version\": \"1.0.\(number)\"}\n")
            try folder.write("source/docs/text.md", text: text)
            try folder.write("source/docs/deep/\(number % 3)/file-\(number).txt", text: "file \(random.next())\n")
            try folder.write("source/data/vectors.f32", binary)
            try folder.write("source/bin/run", text: "#!/bin/sh\necho \(number)\n", executable: true)
            try Tool.git(["add", "-A"], in: path)
            try Tool.git(["commit", "-q", "-m", "Revision \(number)"], in: path)
        }
        return path
    }

    /// An empty bare repository.
    static func bare(_ path: String) throws -> Repository { try Repository.create(at: path) }

    /// The bytes of `git pack-objects`.
    static func pack(_ options: [String], _ input: String, in path: String) throws -> [UInt8] {
        let outcome = try Tool.run(
            "git", ["pack-objects", "-q"] + options, in: path, environment: Tool.gitEnvironment,
            input: Array(input.utf8))
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    /// The first and last 60 places of a pack, and 200 between.
    static func offsets(in pack: [UInt8]) -> [Int] {
        let middle = stride(from: 60, to: pack.count - 60, by: max(1, (pack.count - 120) / 200))
        return Array(0..<60) + middle + Array((pack.count - 60)..<pack.count)
    }

    /// Receives, checks and publishes.
    @discardableResult
    static func receive(
        _ pack: [UInt8], into repository: Repository, tips: [String] = [], limits: Limits = .standard
    ) throws -> IncomingObjects {
        let receiver = try QuarantineReceiver(into: repository, limits: limits)
        do {
            try receiver.receive(pack)
            let incoming = try receiver.finish()
            try incoming.check(tips: tips.compactMap { ObjectID(hex: $0) })
            try receiver.publish()
            return incoming
        } catch {
            receiver.discard()
            throw error
        }
    }

    /// How many objects git finds in a repository.
    static func objectCount(of repository: Repository) throws -> Int {
        try Tool.git(["cat-file", "--batch-all-objects", "--batch-check"], in: repository.path)
            .split(separator: "\n").count
    }

    /// git's strictest check passes, and no quarantine is left.
    static func expectSound(_ repository: Repository, _ location: SourceLocation = #_sourceLocation) throws {
        let outcome = try Tool.run(
            "git", ["fsck", "--strict", "--full"], in: repository.path, environment: Tool.gitEnvironment)
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)", sourceLocation: location)
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(repository.path)/objects")
        #expect(left.sorted() == ["info", "pack"], sourceLocation: location)
    }

    /// Nothing was written.
    static func expectUntouched(_ repository: Repository, _ location: SourceLocation = #_sourceLocation) throws {
        try expectSound(repository, location)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: repository.packDirectory).isEmpty,
            sourceLocation: location)
    }
}
