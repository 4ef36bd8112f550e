import Capsules
import Objects
import TestSupport
import Testing

@Suite("Single files are read without the others")
struct ContainerAccessTests {
    @Test func oneOfTenThousand() throws {
        var random = SeededGenerator(seed: 11)
        let text = random.bytes(5_000)
        var sample = Sample()
        for number in 0..<10_000 {
            let size = 200 + number * 37 % 4_000
            sample.files["rules/\(number % 100)/r\(number).json"] = Sample.File(bytes: Array(text.prefix(size)))
        }
        let folder = try TemporaryDirectory()
        let path = folder.appending("file.kc")
        let written = try ContainerWriter().write(sample.containerFiles(), to: path)
        #expect(try Forgery(folder.read("file.kc")).frames.count > 20)
        for name in ["manifest.json", "rules/77/r177.json", "rules/0/r0.json", "rules/99/r9999.json"] {
            let reader = try ContainerReader(path)
            #expect(reader.inflatedFrameCount == 0)
            #expect(try reader.read(TreePath(name)) == sample.files[name]?.bytes)
            #expect(reader.inflatedFrameCount == 1, "\(name)")
        }
        let reader = try ContainerReader(path)
        #expect(try reader.entries() == written.files)
        #expect(try reader.statedDigest() == written.digest)
        for missing in ["rules/77/r178.json", "a", "zzz", "manifest.jsom", "manifest"] {
            let error = #expect(throws: AmxError.self) { try reader.read(TreePath(missing)) }
            #expect(error?.code == .notFound)
        }
        #expect(reader.inflatedFrameCount == 0)
        // All of a frame's files cost one inflation when they are read in the archive's order.
        for entry in written.files.prefix(500) { _ = try reader.read(entry.path) }
        #expect(reader.inflatedFrameCount <= 3)
    }

    @Test func largeFileTouchesOnlyItsFrames() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("file.kc")
        let sample = Sample(sizes: ["a": 5 << 20, "b": 100, "c": 3 << 20])
        try ContainerWriter().write(sample.containerFiles(), to: path)
        for (name, most) in [("manifest.json", 1), ("a", 6), ("b", 1), ("c", 4)] {
            let reader = try ContainerReader(path)
            #expect(try reader.read(TreePath(name)) == sample.files[name]?.bytes)
            #expect(reader.inflatedFrameCount <= most, "\(name): \(reader.inflatedFrameCount)")
        }
    }

    @Test func manyReadersAtOnce() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("file.kc")
        let sample = Sample(randomFrom: 21)
        try ContainerWriter().write(sample.containerFiles(), to: path)
        let reader = try ContainerReader(path)
        let digest = try reader.statedDigest()
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var wrong = 0
                    for (name, file) in sample.files where try reader.read(TreePath(name)) != file.bytes { wrong += 1 }
                    return try reader.verify().digest == digest ? wrong : wrong + 1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
