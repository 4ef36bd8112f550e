import Foundation
import Glibc
import TestSupport

/// Content that may break the rules, laid where each door finds it, by system calls, `tar` and git's plumbing.
struct TreeForgery {
    /// One file: its path's raw bytes, its content and its mode in a tree.
    struct File: Sendable {
        let path: [UInt8]
        let content: [UInt8]
        /// Octal; of a symbolic link (120000) the content is the target, of a commit (160000) it is nothing.
        let mode: String

        init(_ path: [UInt8], _ content: String = "x\n", mode: String = "100644") {
            self.path = path
            self.content = Array(content.utf8)
            self.mode = mode
        }

        init(_ path: String, _ content: String = "x\n", mode: String = "100644") {
            self.init(Array(path.utf8), content, mode: mode)
        }
    }

    /// All files, the manifest among them unless a test leaves it out.
    let files: [File]
    /// Whether the entries of trees are in git's order.
    var isSorted = true

    /// Writes the files below a directory that exists.
    func write(below directory: String) throws {
        for file in files {
            let path = Array("\(directory)/".utf8) + file.path
            for slash in path.indices.dropFirst(directory.utf8.count + 1) where path[slash] == UInt8(ascii: "/") {
                _ = Self.withCString(path[..<slash]) { mkdir($0, 0o755) }
            }
            guard file.mode != "120000" else {
                let target = Array(file.content)
                guard
                    Self.withCString(target[...], { target in Self.withCString(path[...]) { symlink(target, $0) } })
                        == 0
                else { throw TestFailure("symlink: \(errno)") }
                continue
            }
            let permissions: mode_t = file.mode == "100755" ? 0o755 : 0o644
            let descriptor = Self.withCString(path[...]) { open($0, O_WRONLY | O_CREAT | O_TRUNC, permissions) }
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

    private static func withCString<Result>(_ path: ArraySlice<UInt8>, _ body: (UnsafePointer<CChar>) -> Result)
        -> Result
    {
        (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("an array with a terminator is not empty") }
            return body(start)
        }
    }
}
