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
    private let folder: String
    private let bubblewrap: String
    private let slot: Slot?
    private let filter: [SandboxFile]
    private var group: ControlGroup?
    private var launcher: RunningLauncher?

    /// Makes a sandbox around a folder of files that are as the capsule has them, by the program `amx-worker` at a path.
    ///
    /// `.failure` where this machine lacks something that a sandbox needs. `heldMemory` demands control groups: without them there would be
    /// only the watch, which is late by some milliseconds.
    package init(worker: String, showing folder: String, heldMemory: Bool = false) throws(AmxError) {
        self.worker = worker
        self.folder = folder
        guard let bubblewrap = Self.bubblewrapPath() else {
            throw AmxError(
                .failure, "cannot make a sandbox: bubblewrap is not installed",
                hint: "install it, on Debian with `apt-get install bubblewrap`")
        }
        self.bubblewrap = bubblewrap
        var programs: [SandboxFile] = []
        for bytes in try SystemCallFilter().programs { programs.append(try SandboxFile(bytes)) }
        filter = programs
        slot = geteuid() == 0 ? try Slot.take() : nil
        group = slot.flatMap { ControlGroup(slot: $0.index) }
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
        let launcher: RunningLauncher
        if let present = self.launcher { launcher = present } else { launcher = try start() }
        // Until the answer is there, nobody knows what runs in it.
        self.launcher = nil
        try group?.begin(
            ControlGroup.Limits(
                memoryBytes: limits.memoryBytes, processes: limits.processes, milliprocessors: limits.milliprocessors))
        let request = request(program, environment, limits)
        let content = try SandboxFile(input)
        var streams = try SandboxStreams(limit: limits.outputBytes, owner: slot?.user)
        try launcher.begin(
            request, input: content.number, output: streams.outputWriter, errors: streams.errorsWriter,
            filter: filter.map(\.number))
        streams.closeWriters()
        var isFlood = false
        while !launcher.isAnswered(watching: streams.readers, milliseconds: 500) {
            streams.read()
            do throws(AmxError) { try check() } catch {
                launcher.end()
                throw error
            }
            if streams.isOver, !isFlood {
                isFlood = true
                launcher.end()
            }
        }
        let reply = try launcher.answer()
        streams.readRest()
        if !isFlood { self.launcher = launcher }
        return result(reply, streams, isFlood: isFlood)
    }

    private func start() throws(AmxError) -> RunningLauncher {
        let launcher = try RunningLauncher(worker: worker, slot: slot, showing: folder)
        try group?.add(launcher.id)
        return launcher
    }

    private func request(
        _ program: [String], _ environment: [String: String], _ limits: SandboxLimits
    ) -> LaunchRequest {
        let view = SandboxView(
            shown: [SandboxView.Shown(slot?.folder ?? folder, at: Self.capsulePath)],
            environment: Self.environment.merging(environment) { $1 }, directory: Self.capsulePath,
            temporaryBytes: limits.temporaryBytes)
        // A process alone may have all the time that a run has, on each processor it is given.
        let seconds = limits.milliseconds / 1_000 + 1
        let processors = limits.milliprocessors / 1_000 + 1
        return LaunchRequest(
            path: bubblewrap, arguments: Bubblewrap(view).arguments(running: program),
            milliseconds: max(1, limits.milliseconds),
            limits: ProcessLimits(
                processorSeconds: seconds.multipliedReportingOverflow(by: processors).partialValue,
                fileBytes: limits.temporaryBytes, openFiles: limits.openFiles,
                // The user's other processes count where it has others.
                processes: slot == nil ? .max : limits.processes),
            watchedBytes: group == nil ? limits.memoryBytes : nil)
    }

    private func result(_ reply: LaunchReply, _ streams: borrowing SandboxStreams, isFlood: Bool) -> SandboxResult {
        let usage = group?.usage
        let isKilled = (usage?.memoryKills ?? 0) > 0
        let ending: SandboxResult.Ending =
            switch reply.ending {
            case .exited where isFlood, .signalled where isFlood: .tooMuchOutput
            case .setupFailed: .setupFailed
            case .timedOut: .timedOut
            case .outOfMemory: .outOfMemory
            // What starts others may end well although one of them was killed.
            case .exited where isKilled, .signalled where isKilled: .outOfMemory
            case .exited(let status): .exited(status)
            case .signalled(let signal): .signalled(signal)
            }
        return SandboxResult(
            ending: ending, output: streams.output, errors: streams.errors,
            processorMicroseconds: usage?.processorMicroseconds ?? reply.processorMicroseconds,
            wallMicroseconds: reply.wallMicroseconds, peakBytes: usage?.peakBytes ?? reply.peakBytes)
    }

    /// Only where the system installs it: a PATH that somebody else has set names no sandbox.
    private static func bubblewrapPath() -> String? {
        ["/usr/bin/bwrap", "/bin/bwrap"].first { access($0, X_OK) == 0 }
    }
}
