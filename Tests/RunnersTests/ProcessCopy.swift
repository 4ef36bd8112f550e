import Foundation
import Glibc
import Objects
import Testing

/// Copies of this process that are killed.
///
/// One has one thread and shares nothing but the disk. Where another thread held a lock when it was made, it can stop
/// at that lock, as if it was killed there.
enum ProcessCopy {
    /// Runs `body` in a copy, which is killed after some microseconds unless it has ended before; open files of other
    /// tests are closed in it, those below a folder are kept.
    static func kill(after microseconds: Int, keeping folder: String, _ body: () throws -> Void) throws {
        let process = fork()
        if process == 0 {
            for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] { signal(number, SIG_DFL) }
            closeFiles(outside: folder)
            _ = try? body()
            _exit(0)
        }
        try #require(process > 0)
        usleep(UInt32(microseconds))
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    private static func closeFiles(outside folder: String) {
        let temporary = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            guard let descriptor = Int32(name), descriptor > 2,
                let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)"),
                path.hasPrefix("\(temporary)/"), !path.hasPrefix("\(folder)/")
            else { continue }
            close(descriptor)
        }
    }
}
