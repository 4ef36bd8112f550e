import Foundation
import Glibc
import TestSupport

/// Content that may break the rules, laid where each door finds it, by system calls, `tar` and git's plumbing.
struct TreeForgery {
    /// One file: its path's raw bytes and its content.
    struct File: Sendable {
        let path: [UInt8]
        let content: [UInt8]

        init(_ path: [UInt8], _ content: String = "x\n") {
            self.path = path
            self.content = Array(content.utf8)
        }

        init(_ path: String, _ content: String = "x\n") { self.init(Array(path.utf8), content) }
    }

    /// All files, the manifest among them unless a test leaves it out.
    let files: [File]

    /// Writes the files below a directory that exists.
    func write(below directory: String) throws {
        for file in files {
            let path = Array("\(directory)/".utf8) + file.path
            for slash in path.indices.dropFirst(directory.utf8.count + 1) where path[slash] == UInt8(ascii: "/") {
                _ = Self.withCString(path[..<slash]) { mkdir($0, 0o755) }
            }
            let descriptor = Self.withCString(path[...]) { open($0, O_WRONLY | O_CREAT | O_TRUNC, 0o644) }
            guard descriptor >= 0 else { throw TestFailure("open: \(errno)") }
            defer { close(descriptor) }
            guard
                file.content.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) })
                    == file.content.count
            else { throw TestFailure("write: \(errno)") }
        }
    }

    /// Removes the files again, and the folders that are empty then.
    func remove(from directory: String) {
        for file in files {
            var path = Array("\(directory)/".utf8) + file.path
            _ = Self.withCString(path[...]) { unlink($0) }
            while let slash = path.lastIndex(of: UInt8(ascii: "/")), slash > directory.utf8.count {
                path.removeSubrange(slash...)
                guard Self.withCString(path[...], { rmdir($0) }) == 0 else { break }
            }
        }
    }

    /// Writes an archive with zstd compression, by a tool that knows no rules.
    func pack(to file: String) throws {
        let folder = try TemporaryDirectory("amx-e2e-forged")
        try write(below: folder.path)
        let list: [UInt8] = files.flatMap { $0.path + [UInt8(0)] }
        let made = try Tool.run(
            "tar", ["--zstd", "-cf", file, "--null", "--verbatim-files-from", "-T", "-"], in: folder.path, input: list)
        guard made.status == 0 else { throw TestFailure("tar: \(made.errors)") }
    }

    private static func withCString<Result>(_ path: ArraySlice<UInt8>, _ body: (UnsafePointer<CChar>) -> Result)
        -> Result
    {
        (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("an array with a terminator is not empty") }
            return body(start)
        }
    }

    /// Makes a commit in a git repository, on a parent, and returns it.
    func commit(in repository: String, parent: String) throws -> String {
        var blobs: [[UInt8]: String] = [:]
        for content in Set(files.map(\.content)) {
            blobs[content] = try Tool.git(["hash-object", "-w", "--stdin"], in: repository, input: content)
        }
        let tree = try tree(files.map { (path: $0.path[...], blob: blobs[$0.content] ?? "") }, in: repository)
        return try Tool.git(["commit-tree", tree, "-p", parent, "-m", "Forged"], in: repository)
    }

    private func tree(_ files: [(path: ArraySlice<UInt8>, blob: String)], in repository: String) throws -> String {
        var listing: [UInt8] = []
        var folders: [[UInt8]: [(path: ArraySlice<UInt8>, blob: String)]] = [:]
        for file in files {
            if let slash = file.path.firstIndex(of: UInt8(ascii: "/")) {
                folders[Array(file.path[..<slash]), default: []].append((file.path[(slash + 1)...], file.blob))
            } else {
                listing += Array("100644 blob \(file.blob)\t".utf8) + file.path + [0]
            }
        }
        for (name, files) in folders {
            listing += Array("040000 tree \(try tree(files, in: repository))\t".utf8) + name + [0]
        }
        return try Tool.git(["mktree", "-z"], in: repository, input: listing)
    }
}
