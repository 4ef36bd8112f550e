import Foundation
import TestSupport
import Testing

/// Damaged and hostile `.kc` files given to `amx verify` and `amx unpack`, with a bound on memory.
@Suite(.onTestThreads) struct ContainerDamageTests {
    /// Runs `amx` with at most this many bytes of address space.
    private func bounded(_ tool: AmxTool, _ arguments: [String], megabytes: Int = 700) throws -> Tool.Outcome {
        try Tool.run(
            "prlimit", ["--as=\(megabytes << 20)", Executables.amx] + arguments, in: tool.directory,
            environment: tool.environment)
    }

    private func packed() throws -> (tool: AmxTool, file: [UInt8], digest: String) {
        let ada = try AmxTool("Ada").workspace()
        try ada.json("new", "demo")
        var generator = SeededGenerator(seed: 3)
        for number in 0..<4 {
            try ada.write("demo", "knowledge/\(number).txt", Data(generator.bytes(30_000)).base64EncodedString())
        }
        try ada.json("commit", "-m", "Start")
        let digest = try #require(try ada.json("pack", "demo", "-o", "\(ada.home.path)/good.kc")["digest"].string)
        #expect(try ada.json("verify", "\(ada.home.path)/good.kc", "--digest", digest)["results"][0]["ok"].bool == true)
        return (ada, try ada.home.read("good.kc"), digest)
    }

    /// Neither verified nor unpacked, said in the one form of errors, and nothing is left.
    private func refuse(
        _ tool: AmxTool, _ file: String, _ digest: String, _ label: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let verified = try bounded(tool, ["verify", file, "--digest", digest])
        #expect([1, 5].contains(verified.status), "\(label): \(verified.errors)", sourceLocation: sourceLocation)
        #expect(verified.errors.contains("error: "), "\(label): \(verified.errors)", sourceLocation: sourceLocation)
        let target = tool.home.appending("target")
        let unpacked = try bounded(tool, ["unpack", file, target])
        if unpacked.status == 0 {
            // Damage that unpacking can't know of without the digest gives other content, and says its digest.
            #expect(!unpacked.text.contains(digest), "\(label)", sourceLocation: sourceLocation)
            try FileManager.default.removeItem(atPath: target)
        } else {
            #expect([1, 5].contains(unpacked.status), "\(label): \(unpacked.errors)", sourceLocation: sourceLocation)
            let left = try FileManager.default.contentsOfDirectory(atPath: tool.home.path).filter {
                $0.contains("target")
            }
            #expect(left == [], "\(label)", sourceLocation: sourceLocation)
        }
    }

    @Test func refusesTruncatedFiles() throws {
        let (tool, file, digest) = try packed()
        var generator = SeededGenerator(seed: 9)
        var cuts = [0, 1, 4, 17, file.count - 1, file.count - 5, file.count - 40]
        cuts += (0..<8).map { _ in Int.random(in: 1..<file.count, using: &generator) }
        for cut in cuts {
            let path = try tool.home.write("cut.kc", file.prefix(cut))
            try refuse(tool, path, digest, "cut at \(cut)")
        }
    }

    @Test func refusesChangedFiles() throws {
        let (tool, file, digest) = try packed()
        var generator = SeededGenerator(seed: 10)
        for _ in 0..<14 {
            var changed = file
            let place = Int.random(in: changed.indices, using: &generator)
            changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let path = try tool.home.write("changed.kc", changed)
            try refuse(tool, path, digest, "changed at \(place)")
        }
        try refuse(tool, try tool.home.write("twice.kc", file + file), digest, "twice")
        try refuse(tool, try tool.home.write("tail.kc", file + Array("tail".utf8)), digest, "with a tail")
        let other = "sha256:\(String(repeating: "0", count: 64))"
        try tool.fails(5, "verify", "\(tool.home.path)/good.kc", "--digest", other)
    }

    @Test func refusesBombsWithBoundedMemory() throws {
        let tool = try AmxTool("Ada")
        try tool.home.write("bomb/manifest.json", text: GitCopy.manifest("demo", "1.0.0"))
        // 3 GiB of zeros, over the limit for a capsule; and 400 MiB of them, over the limit for the ratio.
        for (size, label) in [("3G", "huge"), ("400M", "dense")] {
            let made = try Tool.run(
                "sh",
                [
                    "-ec",
                    """
                    truncate -s \(size) bomb/zeros
                    tar -c --format=gnu -C bomb manifest.json zeros | zstd -q -1 -T2 -f -o \(label).kc
                    """,
                ], in: tool.home.path)
            #expect(made.status == 0, "\(made.errors)")
            let file = tool.home.appending("\(label).kc")
            for arguments in [["verify", file], ["unpack", file, tool.home.appending("out")]] {
                let outcome = try Tool.run(
                    "/usr/bin/env",
                    ["bash", "-c", "ulimit -v 500000; exec \"$0\" \"$@\"", Executables.amx] + arguments,
                    in: tool.directory, environment: tool.environment)
                #expect([1, 5].contains(outcome.status), "\(label): \(outcome.text)\(outcome.errors)")
                #expect(outcome.errors.contains("limit"), "\(outcome.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: tool.home.appending("out")))
        }
        // A header that promises a window of 2 GiB.
        let window = try Tool.run(
            "sh", ["-ec", "tar -c -C bomb manifest.json | zstd -q --ultra -22 --long=31 --no-check -f -o window.kc"],
            in: tool.home.path)
        #expect(window.status == 0, "\(window.errors)")
        let outcome = try bounded(tool, ["verify", tool.home.appending("window.kc")])
        #expect(outcome.status == 0 || [1, 5].contains(outcome.status), "\(outcome.errors)")
    }
}
