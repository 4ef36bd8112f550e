import Foundation
import TestSupport

/// Computes content digests from `docs/format-kc.md` with `git` and `sha256sum` only.
enum DigestOracle {
    /// The digest of a revision's tree.
    static func digest(repository: String, revision: String) throws -> String {
        let listing = try Tool.run(
            "git", ["ls-tree", "-r", "-z", "--full-tree", revision], in: repository,
            environment: Tool.gitEnvironment)
        guard listing.status == 0 else { throw TestFailure("git ls-tree: \(listing.errors)") }
        let folder = try TemporaryDirectory("amx-e2e-digest")
        var files: [(mode: String, path: [UInt8], content: String)] = []
        for line in listing.output.split(separator: 0) {
            let parts = line.split(separator: 9, maxSplits: 1)
            let fields = String(decoding: parts[0], as: UTF8.self).split(separator: " ")
            files.append((String(fields[0]), Array(parts[1]), String(fields[2])))
        }
        // All contents in one run: header line, bytes, newline.
        let batch = try Tool.run(
            "git", ["cat-file", "--batch"], in: repository, environment: Tool.gitEnvironment,
            input: Array(files.map { $0.content + "\n" }.joined().utf8)
        ).output
        var place = 0
        var sizes: [Int] = []
        for number in files.indices {
            guard let end = batch[place...].firstIndex(of: 10),
                let size = String(decoding: batch[place..<end], as: UTF8.self).split(separator: " ").last
                    .flatMap({ Int($0) })
            else { throw TestFailure("git cat-file") }
            try folder.write("\(number)", batch[(end + 1)..<(end + 1 + size)])
            sizes.append(size)
            place = end + 1 + size + 1
        }
        return try digest(
            of: files.indices.map { (files[$0].mode, files[$0].path, sizes[$0], "\($0)") }, in: folder.path)
    }

    /// The digest of a directory's files.
    static func digest(directory: String) throws -> String {
        let listing = try Tool.run("find", [".", "-type", "f", "-printf", "%m %s %P\\0"], in: directory)
        let files = try listing.output.split(separator: 0).map { line in
            let fields = line.split(separator: 32, maxSplits: 2)
            guard let mode = Int(String(decoding: fields[0], as: UTF8.self), radix: 8),
                let size = Int(String(decoding: fields[1], as: UTF8.self))
            else { throw TestFailure("find") }
            let path = String(decoding: fields[2], as: UTF8.self)
            return (mode & 0o100 == 0 ? "100644" : "100755", Array(fields[2]), size, path)
        }
        return try digest(of: files, in: directory)
    }

    private static func digest(
        of files: [(mode: String, path: [UInt8], size: Int, file: String)], in directory: String
    ) throws -> String {
        let hashes = try sha256(files.map(\.file), in: directory)
        var bytes = Array("amx-capsule-v1\0".utf8)
        for (file, hash) in zip(files, hashes).sorted(by: { $0.0.path.lexicographicallyPrecedes($1.0.path) }) {
            bytes += Array("\(file.mode) ".utf8) + file.path + [0]
            bytes += withUnsafeBytes(of: UInt64(file.size).bigEndian) { Array($0) }
            bytes += hash
        }
        let sum = try Tool.run("sha256sum", [], input: bytes).text
        return "sha256:\(sum.prefix(64))"
    }

    private static func sha256(_ files: [String], in directory: String) throws -> [[UInt8]] {
        guard !files.isEmpty else { return [] }
        let outcome = try Tool.run(
            "xargs", ["-0", "sha256sum", "--zero", "--"], in: directory,
            input: Array(files.map { $0 + "\0" }.joined().utf8))
        guard outcome.status == 0 else { throw TestFailure("sha256sum: \(outcome.errors)") }
        return outcome.output.split(separator: 0).map { line in
            let digits = Array(line.prefix(64))
            return stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
            }
        }
    }
}
