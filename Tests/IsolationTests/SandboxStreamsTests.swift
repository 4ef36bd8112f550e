import Glibc
import Synchronization
import Testing

@testable import Isolation

@Suite("Isolation: what a program writes") struct SandboxStreamsTests {
    /// Where there are no more descriptors, none is closed twice: it may be somebody else's by then. In a process of its own, whose
    /// limit is that of its threads.
    @Test func noDescriptorIsClosedTwice() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var (free, number) = (0, Int32(0))
            // Enough for one pipe and somebody else.
            while free < 3 {
                if fcntl(number, F_GETFD) < 0 { free += 1 }
                number += 1
            }
            limit.rlim_cur = rlim_t(number)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { _ in
                    while true {
                        let own = open("/dev/null", O_RDONLY)
                        guard own >= 0 else { continue }
                        for _ in 0..<20 where fcntl(own, F_GETFD) < 0 { exit(9) }
                        close(own)
                    }
                }, nil)
            for _ in 0..<50_000 where (try? SandboxStreams(limit: 1, owner: nil).isOver) != nil { exit(8) }
            exit(0)
        }
    }
}
