import CSeccomp
import Foundation
import TestSupport
import Testing

@testable import Isolation

/// Every call of the kernel is made in the sandbox: those that answer are exactly those that are published.
@Suite(.onTestThreads) struct SystemCallTests {
    /// Arguments for calls whose answer to nonsense is that of a call that there is not, or that are allowed with some arguments only; all
    /// others get nothing but -1, which does harm to nothing.
    private static let arguments = [
        "clone": "17,0,0,0,0", "socket": "1,1,0", "socketpair": "1,1,0,block", "setrlimit": "7,block",
        "prlimit64": "0,7,0,0", "futex": "block,1,0", "mmap": "0,4096,3,0x22,-1,0", "memfd_create": "b'x',0",
        "kill": "0,0", "tkill": "own,0", "setpgid": "0,0", "sched_setscheduler": "0,0,block",
        "sched_setaffinity": "0,0,block", "setpriority": "0,0,0", "prctl": "3,0,0,0,0", "arch_prctl": "0x1003,block",
        "rt_sigqueueinfo": "own,0,block", "rseq": "0,0,0,0", "membarrier": "0,0,0",
    ]

    /// Prints the number of each call that answers otherwise than that it is not allowed or not there.
    private static let lines = """
        import os,sys,ctypes,signal,errno,json
        given={int(n):a for n,a in json.load(sys.stdin).items()}
        libc=ctypes.CDLL(None,use_errno=True); libc.syscall.restype=ctypes.c_long
        block=ctypes.create_string_buffer(4096); minus=','.join(['ctypes.c_long(-1)']*6)
        for n in range(512):
            child=os.fork()
            if child==0:
                own=os.getpid(); os.close(0); os.close(1); os.close(2)
                signal.setitimer(signal.ITIMER_REAL,0.3)
                r=eval('libc.syscall(n,'+given.get(n,minus)+')')
                os._exit(9 if r==-1 and ctypes.get_errno() in (errno.EPERM,errno.ENOSYS) else 0)
            # One that stops or ends its process was made as well.
            if os.waitpid(child,0)[1]!=9<<8: print(n)
        """

    /// What no filter is asked for: the kernel's own probes come by these numbers, and whoever else makes such a call gets SIGILL.
    private static let probes: Set<Int32> = [335, 336]

    private static func number(_ name: String) -> Int32 { seccomp_syscall_resolve_name(name) }

    @Test(arguments: SandboxFixture.Kind.allCases, [false, true])
    func whatIsPublishedAnswersAndNothingElse(_ kind: SandboxFixture.Kind, isWatched: Bool) throws {
        let sandbox = try SandboxFixture(kind, isWatched: isWatched)
        let numbered = Self.arguments.map { ("\"\(Self.number($0.key))\"", "\"\($0.value)\"") }
        let input = "{" + numbered.map { "\($0.0): \($0.1)" }.joined(separator: ",") + "}"
        // Watched for what it does not reach, so that other tests of the same user do not count.
        let result = try sandbox.run(["/usr/bin/python3", "-I", "-c", Self.lines], input: input, watched: 4 << 30)
        #expect(result.reply.ending == .exited(0), "\(result.errors)")
        let answering = Set(result.output.split(separator: "\n").compactMap { Int32($0) }).subtracting(Self.probes)
        var published = Set(SystemCallFilter.names.map(Self.number).filter { $0 >= 0 })
        if isWatched { published.remove(Self.number("memfd_create")) }
        func names(_ numbers: Set<Int32>) -> [String] {
            numbers.map { number in
                guard let name = seccomp_syscall_resolve_num_arch(0, number) else { return "\(number)" }
                defer { free(name) }
                return String(cString: name)
            }.sorted()
        }
        #expect(names(answering.subtracting(published)) == [])
        #expect(names(published.subtracting(answering)) == [])
    }

    /// The documents say how many there are.
    @Test func theirNumberIsPublished() throws {
        #expect(SystemCallFilter.names.count == Set(SystemCallFilter.names).count)
        #expect(SystemCallFilter.names.count == 219)
    }
}
