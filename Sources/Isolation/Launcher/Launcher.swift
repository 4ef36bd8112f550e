import CLinux
import Glibc
import Objects

/// The small process that starts a capsule's programs: it has given its rights away before it looks at a request, starts one program after
/// the other, holds each to its time, and waits for all that was started before it answers.
///
/// It has one thread. It ends when its supervisor does, and what it has started ends with it. Source: `docs/running.md`,
/// "The launcher".
package struct Launcher {
    /// The socket of packets that requests come from: standard input.
    private let socket: Int32 = 0
    /// Whether every process of its user is one that it has started, so that all of them may be killed.
    private let ownsUser: Bool

    /// Makes the launcher of this process; nothing is started yet.
    package init(ownsUser: Bool) { self.ownsUser = ownsUser }

    /// Answers requests until the supervisor is gone or sends what is no request; returns the exit status.
    package func run() -> Int32 {
        var buffer = [UInt8](repeating: 0, count: LaunchRequest.byteLimit)
        var descriptors = [Int32](repeating: -1, count: 8)
        while true {
            var count = 0
            let length = amx_message_receive(socket, &buffer, buffer.count, &descriptors, &count)
            guard length > 0 else { return length == 0 ? 0 : 1 }
            var reply: [UInt8]?
            if Self.descriptorCounts.contains(count), let request = LaunchRequest(Array(buffer.prefix(length))) {
                reply = perform(request, Array(descriptors.prefix(count))).bytes
            }
            // Before the answer: who has it may count on nothing being left.
            for descriptor in descriptors.prefix(count) { close(descriptor) }
            guard let reply else { return 1 }
            guard amx_message_send(socket, reply, reply.count, nil, 0) == 0 else { return 1 }
        }
    }

    /// Standard input, output, error, the system call filter, and a channel where there is one.
    private static let descriptorCounts = 4...5
    /// The number that the sandbox's first process reads the system call filter from.
    static let filterNumber = 3
    /// The number that the sandbox's first process reads the program's variables from.
    static let variablesNumber = 4
    /// The number that the sandbox's own report goes to.
    static let reportNumber = 5
    /// The number that a program has its channel at.
    package static let channelNumber = 6
    /// How often memory is looked at where it is watched.
    private static let watchMilliseconds: Int64 = 5

    private func perform(_ request: LaunchRequest, _ descriptors: [Int32]) -> LaunchReply {
        var ends: [Int32] = [-1, -1]
        guard amx_pipe(&ends) == 0 else { return LaunchReply(.setupFailed) }
        defer { close(ends[0]) }
        let start = Self.microseconds()
        var gate: [Int32] = [-1, -1]
        // A user that nobody else is has the kernel's own limit.
        let held = request.limits.processes == .max ? request.watched : nil
        guard held == nil || amx_pipe(&gate) == 0 else { return LaunchReply(.setupFailed) }
        defer { for end in gate where end >= 0 { close(end) } }
        let process: Int32
        do throws(AmxError) {
            let variables = try SandboxFile(Bubblewrap.variables(request.environment))
            process = withExtendedLifetime(variables) {
                startProgram(
                    request,
                    descriptors.prefix(Self.variablesNumber) + [variables.number, ends[1]]
                        + descriptors.dropFirst(Self.variablesNumber), gate: gate[0])
            }
        } catch {
            process = -1
        }
        close(ends[1])
        guard process > 0 else { return LaunchReply(.setupFailed) }
        var report: [UInt8] = []
        if let held {
            report = hold(process, held, report: ends[0], gate: gate[1], since: start, request)
        }
        let watch = wait(for: process, request, since: start)
        // What is killed takes its count along, where no control group has one.
        let seen = request.watched == nil || watch.ending == nil ? 0 : ProcessTree(of: process).processorMicroseconds
        kill(process)
        var usage = rusage()
        var status: Int32 = 0
        while wait4(process, &status, 0, &usage) == -1, errno == EINTR {}
        let (time, peak) = reapAll(after: usage)
        var reply = LaunchReply(Self.ending(status, report: report + Self.readAll(ends[0])))
        if let early = watch.ending { reply.ending = early }
        reply.processorMicroseconds = max(time, seen)
        reply.wallMicroseconds = UInt64(clamping: Self.microseconds() - start)
        reply.peakBytes = max(watch.peak, peak)
        return reply
    }

    /// Lets the kernel hold the number of processes where it is watched, before the sandbox's first process goes on to the program: the watch
    /// alone comes too late for who makes them as fast as it can. What was read of the report.
    ///
    /// The kernel's limit is above the watch's, which has the word on what is too many.
    private func hold(
        _ process: Int32, _ watched: LaunchRequest.Watched, report: Int32, gate: Int32, since start: Int64,
        _ request: LaunchRequest
    ) -> [UInt8] {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4_096))
        while !bytes.contains(UInt8(ascii: "\n")) {
            let left = Int64(clamping: request.milliseconds) - (Self.microseconds() - start) / 1_000
            var polls = [
                pollfd(fd: report, events: Int16(POLLIN), revents: 0),
                pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            ]
            // Nobody goes on where it is too late, or the supervisor is gone: the wait for the end finds the same.
            guard left > 0, poll(&polls, 2, Int32(clamping: min(left, 60_000))) >= 0 || errno == EINTR,
                polls[1].revents == 0
            else { return bytes }
            guard polls[0].revents != 0 else { continue }
            let count = read(report, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer.prefix(count))
        }
        guard let child = Self.child(inReport: bytes) else { return bytes }
        let most = watched.processes.multipliedReportingOverflow(by: 2)
        if amx_limit_namespace(child, most.overflow ? .max : max(most.partialValue, 16)) >= 0 {
            _ = write(gate, [1], 1)
        } else {
            // Nothing of the program has run.
            _ = Glibc.kill(process, SIGKILL)
        }
        return bytes
    }

    /// The sandbox's first process, as its report names it.
    private static func child(inReport bytes: [UInt8]) -> Int32? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let name = text.firstRange(of: "\"child-pid\":") else { return nil }
        return Int32(text[name.upperBound...].drop { $0 == " " }.prefix { ("0"..."9").contains($0) })
    }

    private func startProgram(_ request: LaunchRequest, _ descriptors: [Int32], gate: Int32) -> Int32 {
        var limits = [
            amx_limit(resource: Int32(__RLIMIT_NPROC.rawValue), value: request.limits.processes),
            amx_limit(resource: Int32(RLIMIT_NOFILE.rawValue), value: request.limits.openFiles),
            amx_limit(resource: Int32(RLIMIT_FSIZE.rawValue), value: request.limits.fileBytes),
            amx_limit(resource: Int32(RLIMIT_CPU.rawValue), value: request.limits.processorSeconds),
            // With 1 the kernel calls no program of the host for a crash either, as it would with 0: core(5), fs/coredump.c.
            amx_limit(resource: Int32(RLIMIT_CORE.rawValue), value: 1),
        ]
        // What this process was given may be less already, and cannot be raised.
        for index in limits.indices {
            var present = rlimit()
            let resource = __rlimit_resource_t(UInt32(bitPattern: limits[index].resource))
            if getrlimit(resource, &present) == 0 {
                limits[index].value = min(limits[index].value, UInt64(present.rlim_max))
            }
        }
        // The sandbox's first process waits there, where it is held.
        let waiting = gate >= 0 ? ["--block-fd", String(descriptors.count)] : []
        let descriptors = descriptors + (gate >= 0 ? [gate] : [])
        let arguments = ([request.path] + waiting + request.arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        return amx_start_limited(
            request.path, arguments, [nil], descriptors, descriptors.count, limits, limits.count)
    }

    /// Waits until the program has ended, is to be ended, or the supervisor is gone.
    private func wait(
        for process: Int32, _ request: LaunchRequest, since start: Int64
    ) -> (ending: LaunchReply.Ending?, peak: UInt64) {
        let notice = amx_process_descriptor(process)
        guard notice >= 0 else { return (.setupFailed, 0) }
        defer { close(notice) }
        let (end, isLong) = start.addingReportingOverflow(
            Int64(clamping: request.milliseconds.multipliedReportingOverflow(by: 1_000).partialValue))
        var peak: UInt64 = 0
        while true {
            let left = isLong ? Int64.max : end - Self.microseconds()
            guard left > 0 else { return (.timedOut, peak) }
            var pause = min(left / 1_000 + 1, 60_000)
            if let most = request.watched {
                let tree = ProcessTree(of: process)
                let bytes = tree.bytes + tree.fileBytes(room: request.limits.fileBytes)
                peak = max(peak, bytes)
                if bytes > most.bytes { return (.outOfMemory, peak) }
                if tree.threads > most.processes { return (.tooManyProcesses, peak) }
                pause = min(pause, Self.watchMilliseconds)
            }
            var polls = [
                pollfd(fd: notice, events: Int16(POLLIN), revents: 0),
                // Nothing is sent while a program runs: whatever comes means that the supervisor is gone, or wants the end.
                pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polls, 2, Int32(clamping: pause)) > 0 else { continue }
            if polls[0].revents != 0 { return (nil, peak) }
            if polls[1].revents != 0 { return (.signalled(UInt8(SIGKILL)), peak) }
        }
    }

    /// Kills what is left; a sandbox's own first process takes all of it along.
    private func kill(_ process: Int32) {
        _ = Glibc.kill(process, SIGKILL)
        if ownsUser { _ = Glibc.kill(-1, SIGKILL) }
    }

    /// Waits for all that came to this process when its own parents had ended; the processor time of all in microseconds, and the most
    /// memory that one had in bytes, with what is known of the first.
    ///
    /// A sandbox whose making was interrupted goes on without bubblewrap's outer process: where not all of a user may be killed, it is
    /// killed as soon as it is a child of this process.
    private func reapAll(after first: rusage) -> (time: UInt64, peak: UInt64) {
        var (time, peak) = Self.used(first)
        var flags = ownsUser ? 0 : WNOHANG
        while true {
            var (status, usage): (Int32, rusage) = (0, rusage())
            let reaped = wait4(-1, &status, flags, &usage)
            if reaped == -1 {
                if errno == EINTR { continue }
                return (time, peak)
            }
            guard reaped > 0 else {
                for child in ProcessTree.children(of: getpid()) { _ = Glibc.kill(child, SIGKILL) }
                flags = 0
                continue
            }
            if !ownsUser { flags = WNOHANG }
            let used = Self.used(usage)
            time = time.addingReportingOverflow(used.time).partialValue
            peak = max(peak, used.peak)
        }
    }

    private static func used(_ usage: rusage) -> (time: UInt64, peak: UInt64) {
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        let time = (user.tv_sec + system.tv_sec) * 1_000_000 + Int(user.tv_usec + system.tv_usec)
        return (UInt64(clamping: time), UInt64(clamping: usage.ru_maxrss) * 1_024)
    }

    /// What the sandbox's first process said of itself: only one in which the program was started tells its exit status.
    private static func ending(_ status: Int32, report: [UInt8]) -> LaunchReply.Ending {
        let text = String(decoding: report, as: UTF8.self)
        guard text.contains("\"exit-code\"") else {
            let signal = status & 0x7F
            return signal != 0 ? .signalled(UInt8(truncatingIfNeeded: signal)) : .setupFailed
        }
        let code = UInt8(truncatingIfNeeded: status >> 8)
        // As shells do, bubblewrap tells of a signal by 128 and its number.
        return code > 128 && code <= 192 ? .signalled(code - 128) : .exited(code)
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < 65_536 {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer.prefix(count))
        }
        return bytes
    }

    private static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
