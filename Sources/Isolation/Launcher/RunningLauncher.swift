import CLinux
import Glibc
package import Objects

/// A launcher that was started, as its supervisor sees it: one request at a time, each answered when nothing of its program is left.
///
/// Not for use by several threads at once. When it goes, the launcher ends, and what it has started with it.
package final class RunningLauncher {
    private let socket: Int32
    private let process: RunningProcess
    private let worker: String
    /// Nobody else's before nothing of this launcher is left.
    private let slot: Slot?

    /// Starts one of `amx-worker` at a path; in a slot where Amx is root, and in the slot's group where there is one, with files and
    /// folders that its programs see.
    ///
    /// `.failure` when it cannot be run.
    package init(
        worker: String, slot: Slot?, group: ControlGroup? = nil, showing shown: [SandboxView.Shown] = []
    ) throws(AmxError) {
        (self.worker, self.slot) = (worker, slot)
        var sockets: [Int32] = [-1, -1]
        guard amx_message_sockets(&sockets) == 0 else { throw AmxError.system("cannot start \(worker)") }
        defer { close(sockets[1]) }
        let arguments = slot.map { LauncherArguments($0, groups: group?.entrances ?? [], shown: shown) }
        var program = Program(worker, (arguments ?? LauncherArguments()).words)
        program.environment = .empty
        program.input = .descriptor(sockets[1])
        program.errors = .shared
        // Nobody else gets the slot as long as this launcher may kill its user's processes.
        if let slot { program.output = .descriptor(slot.descriptor) }
        do throws(AmxError) { process = try program.start() } catch {
            close(sockets[0])
            throw error
        }
        socket = sockets[0]
    }

    deinit {
        // The launcher sees the end and kills what runs; then it ends by itself.
        close(socket)
        // One that was killed has ended nothing.
        if process.wait() > 128 { Self.sweep(worker, slot) }
    }

    /// Ends all that the slot's user still runs, which a launcher does before anything else; this one has nothing to do then.
    private static func sweep(_ worker: String, _ slot: Slot?) {
        guard let slot else { return }
        var program = Program(worker, LauncherArguments(slot, groups: [], shown: []).words)
        program.environment = .empty
        program.output = .descriptor(slot.descriptor)
        _ = try? program.start().wait()
    }

    /// The launcher's process id.
    package var id: Int32 { process.number }

    /// Starts a program; its end is told by ``answer()``.
    ///
    /// A channel is seen by the program as ``Launcher/channelNumber``. The descriptors stay the caller's. `.failure` when the launcher has
    /// ended.
    package func begin(
        _ request: LaunchRequest, input: Int32, output: Int32, errors: Int32, filter: Int32, channel: Int32? = nil
    ) throws(AmxError) {
        let bytes = request.bytes
        let descriptors = [input, output, errors, filter] + (channel.map { [$0] } ?? [])
        guard amx_message_send(socket, bytes, bytes.count, descriptors, descriptors.count) == 0 else {
            throw AmxError.system("cannot reach the sandbox's launcher")
        }
    }

    /// Waits until the answer is there, one of some descriptors can be read, another one can be written, or the time is over; whether the
    /// answer is there.
    package func isAnswered(watching descriptors: [Int32], writing writer: Int32? = nil, milliseconds: Int32) -> Bool {
        var polls = ([socket] + descriptors).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        if let writer { polls.append(pollfd(fd: writer, events: Int16(POLLOUT), revents: 0)) }
        return poll(&polls, nfds_t(polls.count), milliseconds) > 0 && polls[0].revents != 0
    }

    /// Ends the program before its time. The launcher answers and is of no use after that.
    package func end() {
        let wish: [UInt8] = [0]
        _ = amx_message_send(socket, wish, 1, nil, 0)
    }

    /// Waits until nothing of the program is left, and says how it ended. `.failure` when the launcher has ended.
    package func answer() throws(AmxError) -> LaunchReply {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var (received, count) = ([Int32](repeating: -1, count: 8), 0)
        let length = amx_message_receive(socket, &buffer, buffer.count, &received, &count)
        for descriptor in received.prefix(count) { close(descriptor) }
        guard length > 0, let reply = LaunchReply(Array(buffer.prefix(length))) else {
            throw AmxError(
                .failure, "the sandbox's launcher has ended",
                hint: "its own message is above; `amx doctor` says what this machine lacks")
        }
        return reply
    }
}
