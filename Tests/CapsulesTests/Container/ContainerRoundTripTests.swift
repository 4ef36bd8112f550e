import Capsules
import Objects
import TestSupport
import Testing

@Suite("A .kc file gives back what was packed")
struct ContainerRoundTripTests {
    static let mebibyte = 1 << 20
    static let deep = (0..<63).map { _ in "deep-folder-15b" }.joined(separator: "/")

    /// Files and sizes at every boundary of blocks, frames and names.
    static let cases: [(name: String, sizes: [String: Int])] = [
        ("only a manifest", [:]),
        ("an empty file", ["a": 0]),
        ("blocks", ["a": 1, "b": 511, "c": 512, "d": 513, "e": 1_024]),
        // The manifest's header and content take 1,024 bytes.
        ("fills the first frame", ["a": mebibyte - 1_024 - 512]),
        ("fills the first frame, then empty", ["a": mebibyte - 1_024 - 512, "b": 0, "c": 3]),
        ("leaves one block", ["a": mebibyte - 1_024 - 1_024, "b": 0, "c": 0]),
        ("an empty file before a cut", ["a": mebibyte - 1_024 - 1_536, "b": 0, "c": 600, "d": 0]),
        ("many empty files", Dictionary(uniqueKeysWithValues: (0..<5_000).map { ("e\($0)", 0) })),
        ("one byte too much for the first frame", ["a": mebibyte - 1_024 - 511]),
        ("exactly one frame", ["a": mebibyte - 512, "b": 1]),
        ("just over one frame", ["a": mebibyte - 511, "b": 1]),
        ("large ones", ["a": 3 * mebibyte + 7, "b": 5, "c": mebibyte, "d": 2 * mebibyte - 512, "e": 0]),
        ("a large one whose header ends a frame", ["a": mebibyte - 1_024 - 1_024, "b": 2 * mebibyte, "c": 9]),
        ("only the end is left", ["a": mebibyte - 1_024 - 512 - 512]),
        (
            "names of all lengths",
            [
                String(repeating: "n", count: 100): 1, String(repeating: "o", count: 101): 2,
                String(repeating: "p", count: 255): 3,
                "\(String(repeating: "q", count: 155))/\(String(repeating: "r", count: 100))": 4,
                "\(String(repeating: "s", count: 156))/\(String(repeating: "t", count: 100))": 5,
                "\(String(repeating: "u", count: 155))/\(String(repeating: "v", count: 101))": 6,
                "a/\(String(repeating: "w", count: 99))/\(String(repeating: "x", count: 100))": 7,
                "\(deep)/x": 8, "größe 顧客 'q\".md".replacing("\"", with: ""): 9,
                "\(String(repeating: "ä", count: 60))/ü": 10,
            ]
        ),
        (
            "order",
            ["a": 1, "a-b": 2, "a.d/b": 3, "A0": 4, "z": 5, "manifest.jso": 6, "manifest.json2": 7, "manifest": 8]
        ),
    ]

    @Test(arguments: cases)
    func keepsEverything(_ name: String, _ sizes: [String: Int]) throws {
        try check(Sample(sizes: sizes))
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func keepsRandomTrees(_ seed: UInt64) throws {
        try check(Sample(randomFrom: seed))
    }

    private func check(_ sample: Sample) throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("sample.kc")
        let written = try ContainerWriter().write(sample.containerFiles(), to: path)
        let reader = try ContainerReader(path)
        #expect(reader.isIndexed)
        #expect(reader.fileSize == written.fileSize)
        #expect(try reader.verify() == written)
        #expect(try reader.entries() == written.files)
        #expect(try reader.statedDigest() == written.digest)
        #expect(
            written.files.map(\.path.string).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                == written.files.map(\.path.string))
        for (path, file) in sample.files {
            #expect(try reader.read(TreePath(path)) == file.bytes, "\(path)")
        }
        #expect(try reader.manifestBytes() == sample.files["manifest.json"]?.bytes)
        var visited: [String: Sample.File] = [:]
        try reader.forEachFile { file throws(AmxError) in
            var bytes: [UInt8] = []
            try file.content { bytes.append(contentsOf: $0) }
            visited[file.path.string] = Sample.File(executable: file.mode == .executable, bytes: bytes)
        }
        #expect(visited == sample.files)
        try reader.extract(to: folder.appending("out"), expecting: written.digest)
        #expect(sample.differences(from: folder.appending("out")) == [])
    }

    @Test func sameBytesOnEveryWrite() throws {
        let sample = Sample(randomFrom: 99)
        let first = try sample.packed()
        for _ in 0..<3 { #expect(try sample.packed() == first) }
        #expect(try sample.packed(level: 9) != first)
    }

    @Test func digestDoesNotDependOnTheBytes() throws {
        let folder = try TemporaryDirectory()
        let sample = Sample(randomFrom: 7)
        let fast = try ContainerWriter(level: 1).write(sample.containerFiles(), to: folder.appending("1.kc"))
        let slow = try ContainerWriter(level: 12).write(sample.containerFiles(), to: folder.appending("12.kc"))
        #expect(fast.digest == slow.digest)
        #expect(fast.fileSize != slow.fileSize)
        #expect(try ContainerReader(folder.appending("12.kc")).verify().digest == fast.digest)
    }

    @Test func contentThatIsAllZerosIsReadable() throws {
        var sample = Sample()
        sample.files["zeros"] = Sample.File(bytes: [UInt8](repeating: 0, count: 40 << 20))
        let folder = try TemporaryDirectory()
        let path = folder.appending("zeros.kc")
        let written = try ContainerWriter().write(sample.containerFiles(), to: path)
        #expect(written.fileSize > (40 << 20) / 200)
        #expect(written.fileSize < 1 << 20)
        #expect(try ContainerReader(path).verify() == written)
    }

    @Test func replacesAFileInOneStepOrLeavesIt() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("sample.kc", text: "old")
        var files = try Sample(texts: ["a": "1"]).containerFiles()
        let good = files
        files.append(
            ContainerFile(path: try TreePath("b"), mode: .regular, size: 5) { sink throws(AmxError) in
                throw AmxError(.failure, "cannot read b: it went away")
            })
        #expect(throws: AmxError.self) { try ContainerWriter().write(files, to: path) }
        #expect(try folder.read("sample.kc") == Array("old".utf8))
        try ContainerWriter().write(good, to: path)
        #expect(try ContainerReader(path).verify().files.count == 2)
        #expect(try Directory.names(in: folder.path).count == 1)
    }

    /// What the writer refuses, and a part of the message.
    @Test(arguments: [
        (["a"], "has no manifest.json"), (["manifest.json", "a", "A"], "the same name on some systems"),
        (["manifest.json", "a", "a/b"], "both a file and a folder"),
        (["manifest.json", "manifest.json"], "stands twice"),
    ])
    func refusesSetsThatBreakRules(_ paths: [String], _ message: String) throws {
        let files = try paths.map { ContainerFile(path: try TreePath($0), mode: .regular, bytes: []) }
        let error = #expect(throws: AmxError.self) { try ContainerWriter().write(files) { _ in } }
        #expect(error?.code == .failure)
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test(arguments: [3, 5])
    func refusesContentOfAnotherSize(_ size: Int) throws {
        var files = try Sample().containerFiles()
        files.append(
            ContainerFile(path: try TreePath("a"), mode: .regular, size: 4) { sink throws(AmxError) in
                let bytes = [UInt8](repeating: 1, count: size)
                try bytes.withUnsafeBufferPointer { bytes throws(AmxError) in try sink(UnsafeRawBufferPointer(bytes)) }
            })
        let error = #expect(throws: AmxError.self) { try ContainerWriter().write(files) { _ in } }
        #expect(error?.message.contains("its size is no longer 4 bytes") == true)
    }

    @Test func writerKeepsTheLimits() throws {
        var limits = Limits()
        limits.objectBytes = 1_000
        limits.expandedBytes = 1_500
        limits.entries = 3
        for (sizes, name) in [
            (["a": 1_001], "objectBytes"), (["a": 900, "b": 900], "expandedBytes"),
            (["a": 1, "b": 1, "c": 1], "entries"),
        ] {
            let error = #expect(throws: AmxError.self) { try Sample(sizes: sizes).packed(limits: limits) }
            #expect(error?.message.contains("'\(name)'") == true, "\(String(describing: error))")
        }
    }

    @Test func packsFilesFromDisk() throws {
        let folder = try TemporaryDirectory()
        let sample = Sample(randomFrom: 5)
        try sample.unpack(into: folder, "in")
        let files = try sample.files.keys.map {
            try ContainerFile(path: TreePath($0), reading: folder.appending("in/\($0)"))
        }
        var bytes: [UInt8] = []
        try ContainerWriter().write(files) { bytes.append(contentsOf: $0) }
        #expect(try bytes == sample.packed())
        _ = try Tool.run("ln", ["-s", "manifest.json", folder.appending("in/link")])
        for refused in ["link", "", "missing"] {
            #expect(throws: AmxError.self) {
                try ContainerFile(path: TreePath("a"), reading: folder.appending("in/\(refused)"))
            }
        }
    }
}
