import Capsules
import Foundation
import Objects
import TestSupport
import Testing

/// Every bit of a `.kc` file counts, but not how another program has compressed.
@Suite struct ContainerFsckTests {
    private static let sample = Sample(texts: [
        "rules/one.md": String(repeating: "A rule that says the same. ", count: 40),
        "rules/two.md": (0..<60).map { "line \($0 * 7919)\n" }.joined(), "bin/run.sh": "#!/bin/sh\necho 1\n",
    ])

    @Test func findsEveryFlippedBit() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("a.kc")
        try ContainerWriter().write(Self.sample.containerFiles(), to: path)
        let whole = try folder.read("a.kc")
        var random = SeededGenerator(seed: 0xB17)
        try ContainerFsck(path).run()
        for _ in 0..<1_500 {
            let place = Int.random(in: 0..<whole.count, using: &random)
            let bit = UInt8.random(in: 0..<8, using: &random)
            var damaged = Array(whole)
            damaged[place] ^= 1 << bit
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            #expect(throws: AmxError.self, "bit \(bit) of byte \(place) of \(whole.count)") {
                try ContainerFsck(path).run()
            }
        }
    }

    @Test(arguments: 1...19) func takesAnyLevel(_ level: Int32) throws {
        let folder = try TemporaryDirectory()
        for sample in [Self.sample, ContainerToolsTests.sample, Sample()] {
            let path = folder.appending("\(level).kc")
            try ContainerWriter(level: level).write(sample.containerFiles(), to: path)
            try ContainerFsck(path).run()
        }
    }

    @Test func takesForeignArchives() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("a.kc")
        try ContainerWriter().write(Self.sample.containerFiles(), to: path)
        try FileManager.default.createDirectory(atPath: folder.appending("out"), withIntermediateDirectories: true)
        #expect(try Tool.run("tar", ["--zstd", "-xf", path], in: folder.appending("out")).status == 0)
        #expect(
            try Tool.run("tar", ["--zstd", "-cf", folder.appending("b.kc"), "."], in: folder.appending("out")).status
                == 0)
        try ContainerFsck(folder.appending("b.kc")).run()
    }
}
