import Glibc
import Testing

@testable import Objects

@Suite struct PipeSignalTests {
    @Test func aWriteToAClosedPipeFailsWithoutASignal() async {
        // In a process of its own, which would end by SIGPIPE.
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            for _ in 0..<3 {
                let (result, error) = PipeSignal.withholding { Self.writeToClosedPipe() }
                #expect(result == -1 && error == EPIPE)
            }
        }
    }

    @Test func theSignalIsAsBeforeAfterwards() async {
        await #expect(processExitsWith: .signal(SIGPIPE)) {
            signal(SIGPIPE, SIG_DFL)
            _ = PipeSignal.withholding { Self.writeToClosedPipe() }
            _ = Self.writeToClosedPipe()
        }
    }

    private static func writeToClosedPipe() -> (result: Int, error: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return (0, 0) }
        close(ends[0])
        defer { close(ends[1]) }
        let result = write(ends[1], [0], 1)
        return (result, errno)
    }
}
