import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@Suite("Unpacking")
struct ContainerExtractTests {
    private let folder: TemporaryDirectory
    private let sample = Sample(randomFrom: 3)
    private let reader: ContainerReader

    init() throws {
        folder = try TemporaryDirectory()
        let path = folder.appending("file.kc")
        try ContainerWriter().write(sample.containerFiles(), to: path)
        reader = try ContainerReader(path)
    }

    private func names() throws -> [String] {
        try Directory.names(in: folder.path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: ["out", "out/", "out//"])
    func intoAMissingOrEmptyDirectory(_ name: String) throws {
        try reader.extract(to: folder.appending(name))
        #expect(sample.differences(from: folder.appending("out")) == [])
        try Directory.create(folder.appending("empty"))
        try reader.extract(to: folder.appending("empty"))
        #expect(sample.differences(from: folder.appending("empty")) == [])
        #expect(try names() == ["empty", "file.kc", "out"])
    }

    @Test func neverIntoSomethingThatExists() throws {
        try folder.write("full/mine", text: "precious")
        try folder.write("file", text: "precious")
        _ = try Tool.run("ln", ["-s", "elsewhere", folder.appending("dangling")])
        try Directory.create(folder.appending("empty"))
        _ = try Tool.run("ln", ["-s", "empty", folder.appending("link")])
        let before = try names()
        for name in ["full", "file", "dangling", "link", "missing/out"] {
            let error = #expect(throws: AmxError.self, "\(name)") { try reader.extract(to: folder.appending(name)) }
            #expect(error?.message.contains(name) == true)
            #expect(error?.code == (name == "missing/out" ? .notFound : .conflict), "\(name)")
        }
        for name in ["empty/.", "empty/..", "empty/./"] {
            let error = #expect(throws: AmxError.self) { try reader.extract(to: folder.appending(name)) }
            #expect(error?.message.contains("needs a name") == true)
        }
        #expect(try names() == before)
        #expect(try folder.read("full/mine") == Array("precious".utf8))
        #expect(try Directory.names(in: folder.appending("empty")) == [])
    }

    @Test func digestThatWasNotExpected() throws {
        let other = ContentDigest(sha256: SHA256Hasher.hash(of: [1]))
        let error = #expect(throws: AmxError.self) { try reader.extract(to: folder.appending("out"), expecting: other) }
        #expect(error?.code == .verification)
        #expect(try names() == ["file.kc"])
    }

    @Test func nothingIsLeftOfADamagedFile() throws {
        var bytes = try folder.read("file.kc")
        // Inside the last frame of the archive, so that much was written before.
        let end = try Forgery(bytes).frames.map(\.compressed.count).reduce(0, +)
        bytes[end - 10] ^= 0x10
        let path = try folder.write("file.kc", bytes)
        #expect(throws: AmxError.self) { try ContainerReader(path).extract(to: folder.appending("out")) }
        #expect(try names() == ["file.kc"])
    }

    @Test func modesFollowTheUmask() throws {
        let script = try Tool.run("sh", ["-c", "umask"]).text
        try reader.extract(to: folder.appending("out"))
        let mask = mode_t(script.trimmingCharacters(in: .whitespacesAndNewlines), radix: 8) ?? 0o22
        for (path, file) in sample.files {
            var status = stat()
            #expect(lstat(folder.appending("out/\(path)"), &status) == 0)
            #expect(status.st_mode & 0o7777 == (file.executable ? 0o777 : 0o666) & ~mask, "\(path)")
        }
    }

    /// A visit that takes content twice, late or in part gets an error, not other bytes.
    @Test func contentIsTakenOnceAndWhole() throws {
        #expect(throws: AmxError.self) {
            try reader.forEachFile { file throws(AmxError) in
                try file.content { _ in }
                try file.content { _ in }
            }
        }
        var kept: ContainerFile?
        let contents = try reader.forEachFile { file in kept = file }
        #expect(try contents == reader.verify())
        #expect(throws: AmxError.self) { try kept?.content { _ in } }
        #expect(throws: AmxError.self) {
            try reader.forEachFile { file throws(AmxError) in
                try? file.content { _ throws(AmxError) in throw AmxError(.failure, "stop") }
            }
        }
        let stop = #expect(throws: AmxError.self) {
            try reader.forEachFile { _ throws(AmxError) in throw AmxError(.interrupted, "stop") }
        }
        #expect(stop?.code == .interrupted)
    }
}
