import Glibc
import Objects

/// A program that is to run in a guest, as the sandbox around QEMU runs it.
struct GuestRun {
    /// What QEMU itself needs of processes, which its threads are, and of descriptors, of which it holds some for the guest.
    static let (processes, openFiles): (UInt64, UInt64) = (128, 1_024)
    /// What a guest's report needs beside what its program may write.
    private static let reportBytes: UInt64 = 4_096

    private let image: MachineImage
    /// The words that start QEMU.
    let command: [String]
    /// QEMU's standard input: the request, and behind it the program's.
    let input: [UInt8]
    /// What QEMU may use.
    let limits: SandboxLimits

    /// `.failure` where a request is too long.
    init(
        _ program: [String], input: [UInt8], hasChannel: Bool, environment: [String: String], limits: SandboxLimits,
        user: UInt32, from image: MachineImage
    ) throws(AmxError) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var generator = SystemRandomNumberGenerator()
        let request = GuestRequest(
            seconds: UInt64(clamping: now.tv_sec), nanoseconds: UInt64(clamping: now.tv_nsec),
            random: (0..<GuestRequest.randomCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) },
            user: user, limits: limits, inputCount: UInt64(input.count), hasChannel: hasChannel,
            directory: Sandbox.capsulePath, program: program, environment: environment
        ).bytes
        guard request.count <= GuestRequest.byteLimit else {
            throw AmxError(
                .failure, "cannot run in a virtual machine: its command line and variables have \(request.count) bytes",
                hint: "at most \(GuestRequest.byteLimit) are possible")
        }
        self.image = image
        command = image.emulator.resuming(hasChannel: hasChannel)
        self.input = request + input
        var outer = limits
        outer.memoryBytes = image.emulator.memoryBytes + Emulator.ownBytes
        (outer.processes, outer.openFiles) = (Self.processes, Self.openFiles)
        outer.outputBytes = limits.outputBytes.addingReportingOverflow(Self.reportBytes).partialValue
        outer.temporaryBytes = 1 << 20
        self.limits = outer
    }

    /// What QEMU sees: the image, and what the guest sees, in a folder that is its root.
    func shown(_ shown: [SandboxView.Shown]) -> [SandboxView.Shown] {
        let system = ["/usr", "/etc/ld.so.cache", "/etc/alternatives"]
        let all = system.filter { access($0, R_OK) == 0 }.map { SandboxView.Shown($0, at: $0) } + shown
        return all.map { SandboxView.Shown($0.source, at: Emulator.guestPath + $0.target) }
            + [SandboxView.Shown(image.path, at: Emulator.statePath)]
    }
}
