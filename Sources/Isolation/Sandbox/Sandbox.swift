import CLinux
import Glibc
package import Objects

/// A place where a capsule's programs run, one after the other, and can do nothing but what was given to them.
///
/// The programs see the system's own, the capsule's files read-only at ``capsulePath``, and a bounded `/tmp` that is gone with each of them.
/// Where Amx is root they are a user that nobody else is, in control groups; else they are the caller's own user in namespaces, and
/// their memory is watched. Whatever of that this machine lacks is an error before anything runs. Blocks its thread; not for use by
/// several threads at once. Source: `docs/running.md`.
package final class Sandbox {
    /// Where a capsule's files are seen.
    package static let capsulePath = "/capsule"
    /// The only variables that every program has.
    package static let environment = ["HOME": "/tmp", "LANG": "C.UTF-8", "PATH": "/usr/bin", "TMPDIR": "/tmp"]

    private let worker: String
    private let shown: [SandboxView.Shown]
    private let bubblewrap: String
    let slot: Slot?
    private let filter: SandboxFile
    private let machine: VirtualMachine?
    private var group: ControlGroup?
    private(set) var launcher: RunningLauncher?
    /// What the launcher shows.
    private var presented: [SandboxView.Shown] = []

    /// Makes a sandbox around a folder of files that are as the capsule has them, by the program `amx-worker` at a path; with files and
    /// folders of the machine that its programs need.
    ///
    /// `.failure` where this machine lacks something that a sandbox needs. `heldMemory` demands control groups: without them there would be
    /// only the watch, which is late by some milliseconds. With a `machine`, programs run in a guest of it, and the sandbox is around that.
    package init(
        worker: String, showing folder: String, with tools: [SandboxView.Shown] = [], heldMemory: Bool = false,
        machine: VirtualMachine? = nil
    ) throws(AmxError) {
        (self.worker, self.machine) = (worker, machine)
        shown = [SandboxView.Shown(folder, at: Self.capsulePath)] + tools
        guard let bubblewrap = Self.bubblewrapPath() else {
            throw AmxError(
                .failure, "cannot make a sandbox: bubblewrap is not installed",
                hint: "install it, on Debian with `apt-get install bubblewrap`")
        }
        self.bubblewrap = bubblewrap
        slot = geteuid() == 0 ? try Slot.take() : nil
        group = slot.flatMap { ControlGroup(slot: $0.index) }
        filter = try SandboxFile(SystemCallFilter(isWatched: group == nil).program)
        if heldMemory, group == nil {
            throw AmxError(
                .denied, "cannot hold the sandbox to its memory: this user has no control groups",
                hint: "run as root where control groups are, or allow the memory to be watched")
        }
    }

    /// Runs a program by its path, with bytes as its standard input, and returns when nothing of it is left.
    ///
    /// `check` is called at least twice a second; when it throws, the program is ended, and the error thrown on. `.failure` when the
    /// launcher cannot be started or has ended.
    package func run(
        _ program: [String], input: [UInt8] = [], environment: [String: String] = [:], limits: SandboxLimits,
        check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> SandboxResult {
        try start(program, input: input, environment: environment, limits: limits).wait(check: check)
    }

    /// Starts what starts programs, ahead of one with such limits and without waiting for it. `.failure` as for ``start(_:input:channel:environment:limits:)``.
    package func prepare(_ limits: SandboxLimits) throws(AmxError) {
        // What a guest's is shown depends on what runs in it.
        guard machine == nil else { return }
        try beginGroup(limits)
        launcher = try launcher(showing: shown)
    }

    /// The launcher that is there, where it shows these; else another one.
    private func launcher(showing shown: [SandboxView.Shown]) throws(AmxError) -> RunningLauncher {
        if let launcher, presented == shown { return launcher }
        // The slot is one launcher's at a time.
        launcher = nil
        presented = shown
        return try RunningLauncher(worker: worker, slot: slot, group: group, showing: shown)
    }

    private func beginGroup(_ limits: SandboxLimits) throws(AmxError) {
        try group?.begin(
            ControlGroup.Limits(
                memoryBytes: limits.memoryBytes, processes: limits.processes, milliprocessors: limits.milliprocessors))
    }

    /// Starts a program by its path; the next one can be started when this one was waited for.
    ///
    /// Its standard input are some bytes, or, without any, what its supervisor writes; then its standard output is for the supervisor to
    /// read too. A channel is a socket that the program has as ``Launcher/channelNumber``; the descriptor stays the caller's. `.failure`
    /// when the launcher cannot be started or has ended.
    package func start(
        _ program: [String], input: [UInt8]?, channel: Int32? = nil, environment: [String: String] = [:],
        limits: SandboxLimits
    ) throws(AmxError) -> SandboxedProgram {
        let guest = try guestRun(program, input, channel, environment, limits)
        let (input, limits, shown) = (guest?.input ?? input, guest?.limits ?? limits, guest?.shown(shown) ?? shown)
        try beginGroup(limits)
        let launcher = try launcher(showing: shown)
        // Until the answer is there, nobody knows what runs in it.
        self.launcher = nil
        let request =
            if let guest { request(guest.command, in: "/", showing: shown, [:], limits) } else {
                request(program, in: Self.capsulePath, showing: shown, environment, limits)
            }
        var streams = try SandboxStreams(limit: limits.outputBytes, owner: slot?.user)
        let content: SandboxFile?
        var ends: [Int32] = [-1, -1]
        if let input {
            content = try SandboxFile(input)
        } else {
            content = nil
            // A socket, since writing to one whose reader is gone need not raise a signal.
            guard amx_stream_sockets(&ends) == 0 else { throw AmxError.system("cannot make a socket") }
        }
        defer { if ends[0] >= 0 { close(ends[0]) } }
        do throws(AmxError) {
            try launcher.begin(
                request, input: content?.number ?? ends[0], output: streams.outputWriter, errors: streams.errorsWriter,
                filter: filter.number, channel: channel)
        } catch {
            if ends[1] >= 0 { close(ends[1]) }
            throw error
        }
        streams.closeWriters()
        let output = input == nil ? streams.takeOutput() : -1
        return SandboxedProgram(
            of: self, launcher, streams, input: ends[1], output: output, milliseconds: limits.milliseconds)
    }

    /// What is left of a program: its launcher is there for the next one, where it is still of use, and what it used is known.
    func finish(
        _ launcher: RunningLauncher?, _ reply: LaunchReply, output: [UInt8], errors: [UInt8], isFlood: Bool
    ) -> SandboxResult {
        if reply.ending != .signalled(UInt8(SIGKILL)) { self.launcher = launcher }
        guard machine != nil else { return result(reply, output, errors, isFlood: isFlood) }
        var errors = errors
        let report = GuestReport(takenFrom: &errors)
        return result(reply, output, errors, isFlood: isFlood).inGuest(report)
    }

    /// Whether the memory of its programs is only watched, as no control group holds it.
    package var isWatched: Bool { group == nil }

    /// What was counted of the program that runs; nil in a guest, of which only the whole is counted.
    var counted: ControlGroup.Usage? { machine == nil ? group?.usage : nil }

    /// Lets what is to be ended have all processors.
    func liftShare() { group?.liftShare() }

    /// Counts the most memory anew.
    func forgetPeak() { group?.forgetPeak() }

    /// The run of a program in a guest; nil where there is no machine.
    private func guestRun(
        _ program: [String], _ input: [UInt8]?, _ channel: Int32?, _ environment: [String: String],
        _ limits: SandboxLimits
    ) throws(AmxError) -> GuestRun? {
        guard let machine else { return nil }
        guard let input else {
            throw AmxError(
                .failure, "cannot run in a virtual machine: what a program reads there is given to it at its start",
                hint: "run it in a container, if its isolation is enough")
        }
        return try GuestRun(
            program, input: input, hasChannel: channel != nil,
            environment: Self.environment.merging(environment) { $1 }, limits: limits, user: slot?.user ?? geteuid(),
            from: machine.image(forMemory: limits.memoryBytes))
    }

    private func request(
        _ program: [String], in directory: String, showing shown: [SandboxView.Shown], _ environment: [String: String],
        _ limits: SandboxLimits
    ) -> LaunchRequest {
        let view = SandboxView(
            shown: shown, environment: Self.environment.merging(environment) { $1 }, directory: directory,
            temporaryBytes: limits.temporaryBytes)
        return LaunchRequest(
            path: bubblewrap,
            arguments: Bubblewrap(view, madeIn: slot?.folder).arguments(running: program),
            environment: view.environment, milliseconds: max(1, limits.milliseconds),
            limits: ProcessLimits(
                processorSeconds: limits.processorSeconds,
                fileBytes: limits.temporaryBytes, openFiles: limits.openFiles,
                // The user's other processes count where it has others.
                processes: slot == nil ? .max : limits.processes),
            watched: group == nil
                ? LaunchRequest.Watched(bytes: limits.memoryBytes, processes: limits.processes) : nil)
    }

    private func result(
        _ reply: LaunchReply, _ output: [UInt8], _ errors: [UInt8], isFlood: Bool
    ) -> SandboxResult {
        let usage = group?.usage
        let isKilled = (usage?.memoryKills ?? 0) > 0
        let ending: SandboxResult.Ending =
            switch reply.ending {
            case .exited where isFlood, .signalled where isFlood: .tooMuchOutput
            case .setupFailed: .setupFailed
            case .timedOut: .timedOut
            case .outOfMemory: .outOfMemory
            case .tooManyProcesses: .tooManyProcesses
            // What starts others may end well although one of them was killed.
            case .exited where isKilled, .signalled where isKilled: .outOfMemory
            case .exited(let status): .exited(status)
            case .signalled(let signal): .signalled(signal)
            }
        return SandboxResult(
            ending: ending, output: output, errors: errors,
            processorMicroseconds: usage?.processorMicroseconds ?? reply.processorMicroseconds,
            wallMicroseconds: reply.wallMicroseconds, peakBytes: usage?.peakBytes ?? reply.peakBytes,
            isWatched: isWatched)
    }

    /// Only where the system installs it: a PATH that somebody else has set names no sandbox.
    private static func bubblewrapPath() -> String? {
        ["/usr/bin/bwrap", "/bin/bwrap"].first { access($0, X_OK) == 0 }
    }
}
