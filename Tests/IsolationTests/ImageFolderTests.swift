import CLinux
import Foundation
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Isolation

/// Which images are kept, and which go.
@Suite("Isolation: the folder of images", .onTestThreads) struct ImageFolderTests {
    private let folder: TemporaryDirectory
    private let images: ImageFolder

    init() throws {
        folder = try TemporaryDirectory("amx-image-folder")
        images = ImageFolder(path: folder.path + "/vm")
        try images.make()
    }

    private static func name(_ digit: String) -> String { String(repeating: digit, count: ImageFolder.nameLength) }

    /// A file that is an image as far as its folder knows, last used so many days ago.
    private func write(_ name: String, days: Double) throws {
        try folder.write("vm/\(name)/state", text: "an image")
        try setAge(name, days)
    }

    private func setAge(_ name: String, _ days: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400)], ofItemAtPath: "\(images.path)/\(name)")
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: images.path).sorted()
    }

    @Test(arguments: [
        (Self.name("a"), 31.0, false), (Self.name("a"), 29, true), (Self.name("a"), 0, true),
        (Self.name("a"), -40, true), (Self.name("7"), 4_000, false),
        // The one that was made.
        (Self.name("0"), 31, true),
        // What is no image.
        (Self.name("A"), 31, true), (Self.name("g"), 31, true), (Self.name("a") + "a", 31, true), ("notes", 31, true),
    ])
    func whatNobodyHasUsedForLongGoes(_ name: String, _ days: Double, _ stays: Bool) throws {
        try write(name, days: days)
        images.removeUnused(but: Self.name("0"))
        #expect(try names() == (stays ? [name] : []))
    }

    @Test func whatIsHeldStays() throws {
        let name = Self.name("b")
        try write(name, days: 31)
        do {
            let use = try #require(try images.use(name))
            // As if it had been held all the time.
            try setAge(name, 31)
            images.removeUnused(but: Self.name("0"))
            #expect(try names() == [name])
            withExtendedLifetime(use) {}
        }
        // By another process as well.
        var (input, output) = ([Int32](repeating: -1, count: 2), [Int32](repeating: -1, count: 2))
        try #require(amx_pipe(&input) == 0 && amx_pipe(&output) == 0)
        defer { for end in [input[0], output[0], output[1]] { close(end) } }
        let other = try RunningProgram(
            "flock", ["--shared", "\(images.path)/\(name)", "sh", "-c", "echo has it; cat"], input: input[0],
            output: output[1])
        var said = [UInt8](repeating: 0, count: 7)
        try #require(read(output[0], &said, said.count) == said.count)
        images.removeUnused(but: Self.name("0"))
        #expect(try names() == [name])
        close(input[1])
        #expect(other.waitUntilExit() == 0)
        images.removeUnused(but: Self.name("0"))
        #expect(try names().isEmpty)
        #expect(try images.use(name) == nil)
    }

    /// Whoever has taken hold of an image has one that is there.
    @Test func nobodyHoldsWhatIsRemoved() throws {
        let name = Self.name("d")
        let held = Atomic(0)
        let wrong = Atomic(0)
        let isOver = Atomic(false)
        DispatchQueue.concurrentPerform(iterations: 2) { thread in
            if thread == 0 {
                defer { isOver.store(true, ordering: .relaxed) }
                for _ in 0..<10_000 {
                    if !Directory.exists(images.file(name)) {
                        _ = try? folder.write("vm/\(name)/state", text: "an image")
                    }
                    try? setAge(name, 31)
                    images.removeUnused(but: Self.name("0"))
                }
            }
            while !isOver.load(ordering: .relaxed) {
                guard let use = try? images.use(name) else { continue }
                held.add(1, ordering: .relaxed)
                if !Directory.exists(images.file(name)) { wrong.add(1, ordering: .relaxed) }
                withExtendedLifetime(use) {}
            }
        }
        #expect(held.load(ordering: .relaxed) > 0)
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    /// Whoever has taken over QEMU has its image's file, and may lock that.
    @Test func lockingTheFileKeepsNobodyOut() throws {
        let name = Self.name("e")
        try write(name, days: 31)
        let file = open(images.file(name), O_RDONLY)
        defer { close(file) }
        #expect(flock(file, LOCK_EX) == 0)
        #expect(try images.use(name) != nil)
        try setAge(name, 31)
        images.removeUnused(but: Self.name("0"))
        #expect(try names().isEmpty)
    }

    @Test func whoTakesHoldMarksIt() throws {
        let name = Self.name("c")
        try write(name, days: 31)
        _ = try images.use(name)
        images.removeUnused(but: Self.name("0"))
        #expect(try names() == [name])
    }
}
