import Capsules
import Objects
import TestSupport
import Testing

/// Random changes to headers of archives: what Amx accepts, other tools must understand in the same way.
///
/// Two readers that see different files in one archive are how a scanner is shown one thing and a user gets another.
@Suite("No archive means one thing to Amx and another to tar")
struct TarDifferentialTests {
    /// Archives in each form, with the places of their headers.
    private static func archives(_ sample: Sample) throws -> [[UInt8]] {
        let folder = try TemporaryDirectory()
        try sample.unpack(into: folder, "in")
        let commands = [
            "tar --format=v7 -cf - *", "tar --format=ustar -cf - *", "tar --format=gnu -cf - *",
            "tar --format=pax -cf - *",
            "bsdtar --format pax -cf - *",
        ]
        return try commands.map { command in
            try Tool.run("sh", ["-c", command], in: folder.appending("in")).output
        }
    }

    /// Changes a few bytes and makes the checksums right again.
    private static func mutate(_ archive: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var archive = archive
        let headers = stride(from: 0, to: archive.count - 1_024, by: 512).filter { at in
            archive[at] != 0 && archive[at + 148..<at + 154].allSatisfy { (48...55).contains($0) }
        }
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            guard let header = headers.randomElement(using: &random) else { return archive }
            // Names, numbers, type and magic, or the first bytes of what follows, a pax record perhaps.
            let ranges = [0..<16, 96..<108, 120..<136, 156..<158, 156..<158, 257..<265, 345..<350, 512..<560]
            let offset = header + Int.random(in: ranges.randomElement(using: &random) ?? 0..<1, using: &random)
            guard offset < archive.count else { continue }
            let bytes: [UInt8] = [
                0, 0x20, 0x2F, 0x30, 0x31, 0x35, 0x37, 0x80, 0xFF, 0x4C, 0x78, 0x67, 0x41, 0x0A, 0x3D,
            ]
            archive[offset] = bytes.randomElement(using: &random) ?? 0
            Tar.seal(&archive, at: header)
        }
        return archive
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func accepted(_ seed: UInt64) throws {
        var sample = Sample(texts: ["a": "one", "b": "", "c/d": String(repeating: "x", count: 600), "e": "last"])
        sample.files["run"] = Sample.File(executable: true, bytes: [1, 2, 3])
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for archive in try Self.archives(sample) {
            for _ in 0..<25 {
                let changed = Self.mutate(archive, &random)
                let folder = try TemporaryDirectory()
                let file = try folder.write("file.tar.zst", Forgery.zstd(changed))
                guard let reader = try? ContainerReader(file), (try? reader.verify()) != nil else { continue }
                accepted += 1
                var seen = Sample([:])
                try reader.forEachFile { file throws(AmxError) in
                    var bytes: [UInt8] = []
                    try file.content { bytes.append(contentsOf: $0) }
                    seen.files[file.path.string] = Sample.File(executable: file.mode == .executable, bytes: bytes)
                }
                for command in ["tar --no-same-owner -mxf -", "bsdtar --no-same-owner -mxf -"] {
                    let out = folder.appending(command.prefix(3) + "")
                    try Directory.create(out)
                    let outcome = try Tool.run(
                        "sh", ["-c", command], in: out, environment: ["LC_ALL": "C.UTF-8"], input: changed)
                    // A tool that refuses sees nothing, and so nothing else.
                    if outcome.status == 0 { #expect(seen.differences(from: out) == [], "\(command)") }
                }
            }
        }
        #expect(accepted > 20)
    }
}
