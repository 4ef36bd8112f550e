import CLinux
import CSeccomp
import Glibc
package import Objects

/// Which system calls a sandboxed program may make: all others fail with EPERM.
///
/// An allow-list, so that calls of newer kernels are refused too. Sockets are of the Unix kind only; no call makes a namespace; no
/// byte is put into a terminal's input. Source: `docs/running.md`, "System calls".
package struct SystemCallFilter: Sendable {
    /// The program for the kernel, as `bwrap --add-seccomp-fd` reads it.
    package let program: [UInt8]

    /// Makes the filter for this machine's processor; `.failure` where libseccomp cannot.
    ///
    /// Where memory is watched and not held, a program must not have memory that is none of its processes' and that the watch does not see:
    /// files in memory without a name, and what is shared without a file.
    package init(isWatched: Bool = false) throws(AmxError) {
        guard let context = seccomp_init(Self.refuse(EPERM)) else { throw Self.error(ENOMEM) }
        defer { seccomp_release(context) }
        try Self.check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2))
        for name in Self.allowed {
            let number = seccomp_syscall_resolve_name(name)
            // A processor that does not have a call needs no rule for it.
            guard number >= 0, !(isWatched && Self.unwatched.contains(name)) else { continue }
            try Self.check(seccomp_rule_add_array(context, Self.allow, number, 0, nil))
        }
        if isWatched {
            try Self.add(context, "mmap", Self.allow, [Self.test(3, SCMP_CMP_MASKED_EQ, UInt64(MAP_ANONYMOUS), 0)])
            try Self.add(context, "mmap", Self.allow, [Self.test(3, SCMP_CMP_MASKED_EQ, 0xF, UInt64(MAP_PRIVATE))])
        }
        // The limit of core files stays what the launcher has set: with 0 a crash would start a program of the host.
        for resource in UInt64(0)..<16 where resource != UInt64(RLIMIT_CORE.rawValue) {
            try Self.add(
                context, "setrlimit", Self.allow, [Self.test(0, SCMP_CMP_MASKED_EQ, 0xFFFF_FFFF, resource)])
            try Self.add(
                context, "prlimit64", Self.allow, [Self.test(1, SCMP_CMP_MASKED_EQ, 0xFFFF_FFFF, resource)])
        }
        try Self.add(context, "prlimit64", Self.allow, [Self.test(2, SCMP_CMP_EQ, 0, 0)])
        // Threads and processes, but no namespaces. The newer call's arguments are in memory, where no filter sees them: the
        // C library goes back to this one where the newer is not there.
        try Self.add(context, "clone", Self.allow, [Self.test(0, SCMP_CMP_MASKED_EQ, Self.namespaces, 0)])
        try Self.check(
            seccomp_rule_add_array(context, Self.refuse(ENOSYS), seccomp_syscall_resolve_name("clone3"), 0, nil))
        try Self.add(context, "socket", Self.allow, [Self.test(0, SCMP_CMP_MASKED_EQ, 0xFFFF_FFFF, UInt64(AF_UNIX))])
        try Self.add(
            context, "socketpair", Self.allow, [Self.test(0, SCMP_CMP_MASKED_EQ, 0xFFFF_FFFF, UInt64(AF_UNIX))])
        program = Self.terminalCheck + (try Self.export(context))
    }

    /// Refuses to put bytes into a terminal's input, and leaves all else to the program behind it, whose jumps are relative.
    ///
    /// libseccomp's rules allow, each whatever the others say, so that they cannot say this. On a processor that can run several kinds of
    /// programs, the number may mean another call, which is refused for its kind in any case.
    private static var terminalCheck: [UInt8] {
        let call = UInt32(bitPattern: seccomp_syscall_resolve_name("ioctl"))
        // Each skips what is between it and its end: the refusal is the last one.
        let tests = refusedRequests.enumerated().map { index, request in
            let left = UInt8(refusedRequests.count - 1 - index)
            return Instruction(code: 0x15, ifTrue: left, ifFalse: left == 0 ? 1 : 0, operand: request)
        }
        // The kernel looks at the lower half of a request only, so the upper must not hide it.
        let request = UInt32(24 + (1.littleEndian == 1 ? 0 : 4))
        let program =
            [
                Instruction(code: 0x20, ifTrue: 0, ifFalse: 0, operand: 0),
                Instruction(code: 0x15, ifTrue: 0, ifFalse: UInt8(tests.count + 2), operand: call),
                Instruction(code: 0x20, ifTrue: 0, ifFalse: 0, operand: request),
            ] + tests + [Instruction(code: 0x06, ifTrue: 0, ifFalse: 0, operand: refuse(EPERM))]
        return program.flatMap(\.bytes)
    }

    /// One of the kernel's instructions, `struct sock_filter`: 0x20 loads a word of the call, 0x15 compares it, 0x06 is the verdict.
    private struct Instruction {
        var code: UInt16
        var (ifTrue, ifFalse): (UInt8, UInt8)
        var operand: UInt32

        var bytes: [UInt8] {
            withUnsafeBytes(of: code) { Array($0) } + [ifTrue, ifFalse] + withUnsafeBytes(of: operand) { Array($0) }
        }
    }

    private static func export(_ context: scmp_filter_ctx) throws(AmxError) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard amx_pipe(&ends) == 0 else { throw error(errno) }
        defer { close(ends[0]) }
        // A filter has at most 4,096 instructions of 8 bytes, which a pipe holds.
        let result = seccomp_export_bpf(context, ends[1])
        close(ends[1])
        try check(result)
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 {
            bytes.append(contentsOf: buffer.prefix(count))
        }
        guard !bytes.isEmpty, bytes.count % 8 == 0 else { throw error(EIO) }
        return bytes
    }

    /// Calls that are allowed only where memory is held, or with some arguments.
    private static let unwatched: Set<String> = ["memfd_create", "mmap"]

    private static let allow: UInt32 = 0x7FFF_0000
    private static func refuse(_ number: Int32) -> UInt32 { 0x0005_0000 | UInt32(number) }
    /// CLONE_NEW* of mount, cgroup, uts, ipc, user, pid, net and time.
    private static let namespaces: UInt64 = 0x7E02_0080
    /// TIOCSTI and TIOCLINUX.
    private static let refusedRequests: [UInt32] = [0x5412, 0x541C]

    private static func test(_ index: UInt32, _ operation: scmp_compare, _ a: UInt64, _ b: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: index, op: operation, datum_a: a, datum_b: b)
    }

    private static func add(
        _ context: scmp_filter_ctx, _ name: String, _ action: UInt32, _ tests: [scmp_arg_cmp]
    ) throws(AmxError) {
        try check(
            seccomp_rule_add_array(
                context, action, seccomp_syscall_resolve_name(name), UInt32(tests.count), tests))
    }

    private static func check(_ result: Int32) throws(AmxError) {
        guard result == 0 else { throw error(-result) }
    }

    private static func error(_ number: Int32) -> AmxError {
        AmxError(
            .failure, "cannot make the system call filter: \(String(cString: strerror(number)))",
            hint: "`amx doctor` says what this machine lacks")
    }
}
