import CLinux
import Glibc
package import Objects

/// A program that runs in a sandbox, and what its supervisor has of it.
///
/// Not for use by several threads at once. When it goes before it was waited for, the program is ended. Source: `docs/running.md`.
package final class SandboxedProgram {
    /// What the program reads as its standard input is written here; -1 where it was given all of it at its start.
    package private(set) var input: Int32
    /// What the program writes to its standard output is read here; -1 where that is kept for the result. Never waits.
    package let output: Int32
    /// Whether its memory is only watched, as no control group holds it.
    package let isWatched: Bool
    private var sandbox: Sandbox?
    /// Until it was waited for: where it is of no use any more, it has gone before the next one comes.
    private var launcher: RunningLauncher?
    private var streams: SandboxStreams
    private var isFlood = false
    /// Whether the launcher was told to end the program, which it may have read after its answer: then it is gone.
    private var isLauncherSpent = false
    /// When it is ended, in nanoseconds of the monotonic clock; nil once that has begun.
    private var deadline: Int64?

    init(
        of sandbox: Sandbox, _ launcher: RunningLauncher, _ streams: consuming SandboxStreams, input: Int32,
        output: Int32, milliseconds: UInt64
    ) {
        (self.sandbox, self.launcher, self.input, self.output) = (sandbox, launcher, input, output)
        self.streams = streams
        deadline = MonotonicClock.nanoseconds() + Int64(min(milliseconds, 1 << 40)) * 1_000_000
        isWatched = sandbox.isWatched
    }

    deinit {
        closeInput()
        if output >= 0 { close(output) }
        // The launcher goes with its last owner, and takes the program along.
        if sandbox != nil { endLauncher() }
    }

    /// Ends what the program can read.
    package func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Ends the program; its result says so.
    package func end() {
        guard sandbox != nil else { return }
        isLauncherSpent = true
        endLauncher()
    }

    private func endLauncher() {
        liftShare()
        launcher?.end()
    }

    /// The launcher has the same share of the processors, and may have to wait for the next one like the program.
    private func liftShare() {
        deadline = nil
        sandbox?.liftShare()
    }

    /// What its control group has counted since it was started; nil where it is in none, and when it was waited for.
    package var counted: ControlGroup.Usage? { sandbox?.counted }

    /// Lets the most memory be counted anew, which takes effect where the kernel can do so.
    package func forgetPeak() { sandbox?.forgetPeak() }

    /// Whether it has written more than it may, for which it is being ended.
    package var isOverLimit: Bool { isFlood }

    /// Gives away what has come by its standard error so far: that counts no longer towards what it may write, and is not in its result.
    package func takeErrors() -> [UInt8] {
        if sandbox != nil { streams.read() }
        return streams.takeErrors()
    }

    /// Waits until the program has ended, one of some descriptors can be read, another one can be written, or the time is over; whether it
    /// has ended.
    ///
    /// What comes by its standard error, and its standard output where that is kept, is read meanwhile.
    package func isEnded(
        watching descriptors: [Int32] = [], writing writer: Int32? = nil, milliseconds: Int32
    ) -> Bool {
        guard let launcher, sandbox != nil else { return true }
        var pause = milliseconds
        if let deadline {
            // A moment later: the launcher that is not late needs no help.
            let left = deadline + 2_000_000 - MonotonicClock.nanoseconds()
            if left <= 0 { liftShare() } else { pause = min(pause, Int32(clamping: left / 1_000_000 + 1)) }
        }
        let isEnded = launcher.isAnswered(
            watching: descriptors + streams.readers, writing: writer, milliseconds: pause)
        streams.read()
        if streams.isOver, !isFlood {
            isFlood = true
            end()
        }
        return isEnded
    }

    /// Waits until nothing of it is left; once only.
    ///
    /// `check` is called at least twice a second; when it throws, the program is ended, and the error thrown on. `.failure` when the
    /// launcher has ended.
    package func wait(check: () throws(AmxError) -> Void = {}) throws(AmxError) -> SandboxResult {
        guard let sandbox, let launcher else { throw AmxError(.failure, "the program was waited for before") }
        defer { (self.sandbox, self.launcher) = (nil, nil) }
        while !isEnded(milliseconds: 500) {
            do throws(AmxError) { try check() } catch {
                endLauncher()
                throw error
            }
        }
        let reply: LaunchReply
        do throws(AmxError) { reply = try launcher.answer() } catch {
            // What the kernel ends for a group's memory may be the launcher too.
            guard let counted = sandbox.counted, counted.memoryKills > 0 else { throw error }
            reply = LaunchReply(.outOfMemory)
            isLauncherSpent = true
        }
        streams.readRest()
        return sandbox.finish(
            isLauncherSpent ? nil : launcher, reply, output: streams.output, errors: streams.errors, isFlood: isFlood)
    }
}
