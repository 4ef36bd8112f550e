import Foundation
import Objects
import TestSupport
import Testing

@testable import Isolation

/// A sandbox as its users see it.
@Suite(.onTestThreads) struct SandboxRunTests {
    private let folder: TemporaryDirectory
    private let sandbox: Sandbox

    init() throws {
        folder = try TemporaryDirectory("amx-sandbox")
        try folder.write("capsule/text.txt", text: "of the capsule\n")
        sandbox = try Sandbox(worker: SandboxFixture.worker, showing: folder.path + "/capsule")
    }

    private func shell(_ lines: String, input: String = "", _ limits: SandboxLimits = SandboxLimits()) throws
        -> SandboxResult
    {
        try sandbox.run(["/usr/bin/sh", "-c", lines], input: Array(input.utf8), limits: limits)
    }

    @Test func runsAndAnswers() throws {
        let result = try shell("cat; cat text.txt; echo wrong >&2; exit 3", input: "given ")
        #expect(result.ending == .exited(3))
        #expect(String(decoding: result.output, as: UTF8.self) == "given of the capsule\n")
        #expect(String(decoding: result.errors, as: UTF8.self) == "wrong\n")
        #expect(result.wallMicroseconds > 0)
        #expect(result.peakBytes > 0)
        // Nothing of one run is there in the next.
        #expect(try shell("echo 1 > /tmp/left; ls /tmp").output == Array("left\n".utf8))
        #expect(try shell("ls -A /tmp").output.isEmpty)
        #expect(try sandbox.run(["/usr/bin/none"], limits: SandboxLimits()).ending == .setupFailed)
        #expect(try shell("true").ending == .exited(0))
    }

    /// What a program wrote to its input would be memory that is not counted where it is only watched.
    @Test func inputIsOnlyRead() throws {
        let result = try sandbox.run(
            [
                "/usr/bin/python3", "-I", "-c",
                """
                import os
                def fails(way):
                    try: way()
                    except PermissionError: return True
                print(fails(lambda: os.write(0, b'x')), fails(lambda: os.ftruncate(0, 1 << 24)))
                again = os.open('/proc/self/fd/0', os.O_RDWR)
                print(fails(lambda: os.pwrite(again, b'x', 1 << 20)), os.read(0, 100))
                """,
            ], input: Array("given".utf8), limits: SandboxLimits())
        #expect(
            String(decoding: result.output, as: UTF8.self) == "True True\nTrue b'given'\n",
            "\(String(decoding: result.errors, as: UTF8.self))")
    }

    /// A variable may be a secret, and everybody on a machine can read every command line.
    @Test func variablesAreOnNoCommandLine() throws {
        let secret = "secret-\(UInt64.random(in: 0 ... .max))"
        let program = try sandbox.start(
            ["/usr/bin/sh", "-c", "echo \"$TOKEN\" \"$EMPTY\" \"$LINES\"; read line; ls /proc/self/fd"], input: nil,
            environment: ["TOKEN": secret, "EMPTY": "", "LINES": "--bind\n/ /"], limits: SandboxLimits())
        var output: [UInt8] = []
        let said = Array("\(secret)  --bind\n/ /\n".utf8)
        func read() -> Int {
            _ = program.isEnded(watching: [program.output], milliseconds: 500)
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = Glibc.read(program.output, &buffer, buffer.count)
            if count > 0 { output += buffer.prefix(count) }
            return output.count
        }
        #expect(Patience.waits { read() >= said.count })
        #expect(output == said)
        // It runs, and nobody sees what it was given.
        let words = try Tool.run("sh", ["-c", "cat /proc/[0-9]*/cmdline 2>/dev/null"]).text
        #expect(words.contains("read line; ls /proc/self/fd"))
        #expect(!words.contains(secret))
        output = []
        program.closeInput()
        #expect(Patience.waits { read() >= 8 })
        // The descriptor that they came by is closed: 3 is the folder that is listed.
        #expect(String(decoding: output, as: UTF8.self) == "0\n1\n2\n3\n")
    }

    @Test func largeStreamsPassWhole() throws {
        let input = String(repeating: "0123456789abcdef", count: 200_000)
        let result = try shell("tee /dev/stderr", input: input)
        // Not compared as arrays: where they differ, showing how takes for ever.
        #expect(String(decoding: result.output, as: UTF8.self) == input, "\(result.output.count)")
        #expect(String(decoding: result.errors, as: UTF8.self) == input, "\(result.errors.count) \(result.ending)")
    }

    @Test func floodsAreEnded() throws {
        let result = try shell("yes", SandboxLimits(outputBytes: 1 << 20))
        #expect(result.ending == .tooMuchOutput)
        #expect(result.output.count == 1 << 20)
        #expect(try shell("echo next").output == Array("next\n".utf8))
    }

    @Test func timeAndMemoryAreHeld() throws {
        #expect(try shell("sleep 100", SandboxLimits(milliseconds: 200)).ending == .timedOut)
        let bomb = try sandbox.run(
            ["/usr/bin/python3", "-I", "-c", "x=[]\nwhile True: x.append(bytearray(1<<20))"],
            limits: SandboxLimits(memoryBytes: 64 << 20))
        #expect(bomb.ending == .outOfMemory)
        #expect(try shell("echo next").output == Array("next\n".utf8))
    }

    @Test func aCallerCanEndIt() throws {
        let start = MonotonicMilliseconds.now()
        #expect(throws: AmxError.self) {
            try sandbox.run(["/usr/bin/sleep", "600"], limits: SandboxLimits(milliseconds: 600_000)) {
                () throws(AmxError) in
                if MonotonicMilliseconds.now() - start > 100 { throw AmxError(.interrupted, "interrupted") }
            }
        }
        #expect(MonotonicMilliseconds.now() - start < 60_000)
        #expect(try shell("echo next").output == Array("next\n".utf8))
    }

    @Test func manyRunsLeaveNothing() throws {
        for _ in 0..<50 { #expect(try shell("true").ending == .exited(0)) }
        // Other sandboxes of the tests' process have files in memory too, but few.
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?
                .hasPrefix("/memfd:sandbox") == true
        }
        #expect(files.count < 50)
    }

    @Test func aLauncherKeepsNothing() throws {
        let sandbox = try SandboxFixture()
        func descriptors() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(sandbox.launcher.id)/fd").sorted()
        }
        #expect(try sandbox.shell("true").reply.ending == .exited(0))
        let before = try descriptors()
        for _ in 0..<20 { #expect(try sandbox.shell("true").reply.ending == .exited(0)) }
        #expect(try descriptors() == before)
    }
}
