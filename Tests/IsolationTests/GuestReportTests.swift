import TestSupport
import Testing

@testable import Isolation

@Suite("Isolation: what guests are asked and say") struct GuestReportTests {
    private static func report(_ kind: UInt64, _ number: UInt64, output: UInt64 = 0, padding: Int = 160) -> [UInt8] {
        var encoder = LaunchEncoder()
        encoder.write(raw: Array("\0amx-vm\n".utf8))
        for value in [kind, number, 7, 8, 0, output, 64] { encoder.write(value) }
        return encoder.bytes + [UInt8](repeating: 0, count: padding)
    }

    @Test(arguments: [
        (UInt64(0), UInt64(0), LaunchReply.Ending.setupFailed), (1, 0, .exited(0)), (1, 255, .exited(255)),
        (2, 9, .signalled(9)), (4, 0, .outOfMemory),
    ])
    func reportsAreRead(_ kind: UInt64, _ number: UInt64, _ ending: LaunchReply.Ending) throws {
        for padding in [0, 1, 160] {
            var bytes = Array("said 8".utf8) + Self.report(kind, number, padding: padding)
            let report = try #require(GuestReport(takenFrom: &bytes))
            #expect(report.ending == ending)
            #expect(report.processorMicroseconds == 7 && report.peakBytes == 8)
            #expect(bytes == Array("said 8".utf8))
        }
    }

    @Test func onlyTheLastOneCounts() throws {
        var bytes = Self.report(1, 0) + Array("more".utf8) + Self.report(1, 3)
        #expect(GuestReport(takenFrom: &bytes)?.ending == .exited(3))
        #expect(bytes == Self.report(1, 0) + Array("more".utf8))
    }

    @Test func nothingElseIsOne() {
        let whole = Self.report(1, 0, padding: 0)
        var wrong = [Self.report(3, 0), Self.report(5, 0), Self.report(1, 256), whole + [1], [0, 64, 0]]
        for count in 0..<whole.count - 7 { wrong.append(Array(whole.prefix(count))) }
        for index in 0..<8 {
            var changed = whole
            changed[index] ^= 1
            wrong.append(changed)
        }
        for bytes in wrong {
            var left = bytes
            #expect(GuestReport(takenFrom: &left) == nil, "\(bytes)")
            #expect(left == bytes)
        }
    }

    @Test func whateverTheBytesAre() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...200, using: &generator)
            var bytes = (0..<count).map { _ in
                [0, 0, 64, 1, UInt8.random(in: 0...255, using: &generator)].randomElement(using: &generator) ?? 0
            }
            let before = bytes
            if GuestReport(takenFrom: &bytes) == nil { #expect(bytes == before) }
        }
    }

    @Test func endingsOfAMachine() {
        func result(_ ending: SandboxResult.Ending) -> SandboxResult {
            SandboxResult(
                ending: ending, output: [], errors: [], processorMicroseconds: 1, wallMicroseconds: 2, peakBytes: 3)
        }
        var bytes = Self.report(2, 11)
        let report = GuestReport(takenFrom: &bytes)
        #expect(result(.exited(0)).inGuest(report).ending == .signalled(11))
        #expect(result(.exited(0)).inGuest(report).peakBytes == 8)
        // What QEMU's end says counts before what its guest says.
        for ending in [SandboxResult.Ending.timedOut, .outOfMemory, .tooMuchOutput, .setupFailed, .signalled(9)] {
            #expect(result(ending).inGuest(report).ending == ending)
            #expect(result(ending).inGuest(nil).ending == ending)
        }
        // What is missing of the output was lost on the way, what is too much is none of it.
        var whole = result(.exited(0))
        whole.output = [1, 2, 3, 0, 0]
        for (count, left, ending) in [
            (UInt64(3), [UInt8(1), 2, 3], SandboxResult.Ending.exited(0)), (5, [1, 2, 3, 0, 0], .exited(0)),
            (6, [1, 2, 3, 0, 0], .signalled(9)), (.max, [1, 2, 3, 0, 0], .signalled(9)),
        ] {
            var bytes = Self.report(1, 0, output: count)
            let given = whole.inGuest(GuestReport(takenFrom: &bytes))
            #expect(given.output == left)
            #expect(given.ending == ending)
        }
        #expect(result(.exited(1)).inGuest(report).ending == .setupFailed)
        #expect(result(.exited(0)).inGuest(nil).ending == .signalled(9))
    }
}
