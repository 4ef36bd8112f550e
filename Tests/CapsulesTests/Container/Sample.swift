import Capsules
import Foundation
import Objects
import TestSupport

/// A capsule's files in memory, to be packed, forged and compared.
struct Sample {
    struct File: Equatable {
        var executable = false
        var bytes: [UInt8]
    }

    /// Files by path.
    var files: [String: File]

    init(_ files: [String: File]) { self.files = files }

    /// A manifest and files of text.
    init(texts: [String: String] = [:]) {
        files = ["manifest.json": File(bytes: Array(#"{"id":"sample","name":"Sample","version":"1.0.0"}"#.utf8))]
        for (path, text) in texts { files[path] = File(bytes: Array(text.utf8)) }
    }

    /// A manifest and files with random content of given sizes.
    init(sizes: [String: Int], seed: UInt64 = 1) {
        self.init()
        var random = SeededGenerator(seed: seed)
        for (path, size) in sizes.sorted(by: { $0.key < $1.key }) { files[path] = File(bytes: random.bytes(size)) }
    }

    /// A random tree; names collide under no rule because every component is numbered.
    init(randomFrom seed: UInt64) {
        self.init()
        var random = SeededGenerator(seed: seed)
        let letters = Array("abcdefghij-_ 0123äß顧é'+@")
        let number = Int.random(in: 0...60, using: &random)
        var folders = [""]
        for index in 0..<number {
            let length = Int.random(in: 1...Int.random(in: 1...120, using: &random), using: &random)
            var name = String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
            while name.utf8.count > 200 { name.removeLast() }
            name = "\(index)\(name)x"
            let parent = folders[Int.random(in: 0..<folders.count, using: &random)]
            guard parent.utf8.count + name.utf8.count < 1_000 else { continue }
            if Int.random(in: 0..<4, using: &random) == 0 { folders.append("\(parent)d\(name)/") }
            let size: Int =
                switch Int.random(in: 0..<20, using: &random) {
                case 0: 0
                case 1: 512
                case 2: Int.random(in: 0...2_500_000, using: &random)
                case 3...6: Int.random(in: 0...300_000, using: &random)
                default: Int.random(in: 0...5_000, using: &random)
                }
            var bytes = random.bytes(min(size, 4_096))
            while bytes.count < size { bytes += bytes.prefix(size - bytes.count) }
            files[parent + name] = File(executable: Bool.random(using: &random), bytes: bytes)
        }
    }

    /// The files as a writer takes them, in no particular order; content comes in pieces of `piece` bytes.
    func containerFiles(piece: Int = 70_000) throws -> [ContainerFile] {
        try files.map { path, file in
            ContainerFile(
                path: try TreePath(path), mode: file.executable ? .executable : .regular, size: file.bytes.count
            ) {
                sink throws(AmxError) in
                for start in stride(from: 0, to: file.bytes.count, by: piece) {
                    let slice = Array(file.bytes[start..<min(file.bytes.count, start + piece)])
                    try slice.withUnsafeBufferPointer { bytes throws(AmxError) in
                        try sink(UnsafeRawBufferPointer(bytes))
                    }
                }
            }
        }
    }

    /// The bytes of a `.kc` file of this capsule.
    func packed(level: Int32 = 3, limits: Limits = .standard) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try ContainerWriter(level: level, limits: limits).write(containerFiles()) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Writes the files into a folder.
    func unpack(into folder: TemporaryDirectory, _ name: String) throws {
        for (path, file) in files { try folder.write("\(name)/\(path)", file.bytes, executable: file.executable) }
    }

    /// Reads a folder back: what differs from this capsule, as text, or nothing.
    func differences(from directory: String) -> [String] {
        var left = files
        var found: [String] = []
        let enumerator = FileManager.default.enumerator(atPath: directory)
        while let path = enumerator?.nextObject() as? String {
            var status = stat()
            guard lstat("\(directory)/\(path)", &status) == 0 else { return ["cannot stat \(path)"] }
            if status.st_mode & S_IFMT == S_IFDIR { continue }
            guard let expected = left.removeValue(forKey: path) else {
                found.append("unexpected: \(path)")
                continue
            }
            let bytes = FileManager.default.contents(atPath: "\(directory)/\(path)").map { [UInt8]($0) }
            if status.st_mode & S_IFMT != S_IFREG { found.append("not a regular file: \(path)") }
            if bytes != expected.bytes { found.append("content: \(path)") }
            if (status.st_mode & 0o100 != 0) != expected.executable { found.append("mode: \(path)") }
        }
        return found + left.keys.map { "missing: \($0)" }
    }
}
