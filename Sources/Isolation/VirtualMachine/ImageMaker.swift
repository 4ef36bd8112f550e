import CLinux
import Glibc
import Objects

/// Boots a guest, by a QEMU in a sandbox, and writes the snapshot of it: the files of one image in a folder.
struct ImageMaker {
    private let parts: VirtualMachine.Parts
    private let emulator: Emulator
    private let folder: String
    /// What snapshots begin with.
    private static let mark = Array("QEVM".utf8)
    private static let ready = Array("ready\n".utf8)
    private static let kernelLimit = 256 << 20

    init(_ parts: VirtualMachine.Parts, _ emulator: Emulator, in folder: String) {
        (self.parts, self.emulator, self.folder) = (parts, emulator, folder)
    }

    /// Writes `state`; `.failure` where the guest does not come up in time.
    func make(from kernel: GuestKernel, _ check: () throws(AmxError) -> Void) throws(AmxError) {
        guard let boot = try FileContent.read(kernel.path, limit: Self.kernelLimit),
            let first = try FileContent.read(
                "\(Directory.parent(of: parts.worker))/amx-vm-init", limit: Self.kernelLimit)
        else { throw VirtualMachine.error("its kernel cannot be read") }
        let modules = try KernelModules(kernel.modules).closure(of: GuestKernel.needed)
        // Copies, since the kernel's own file may be one that only root can read.
        try FileContent.create("\(folder)/kernel", boot)
        try FileContent.create("\(folder)/initrd", InitialFileSystem(first: first, modules: modules).bytes)
        try Directory.create("\(folder)/empty", mode: 0o755)
        let sandbox = try Sandbox(
            worker: parts.worker, showing: "\(folder)/empty",
            with: [
                SandboxView.Shown("\(folder)/kernel", at: Emulator.kernelPath),
                SandboxView.Shown("\(folder)/initrd", at: Emulator.archivePath),
            ])
        let limits = SandboxLimits(
            milliseconds: parts.bootMilliseconds, memoryBytes: emulator.memoryBytes + Emulator.ownBytes,
            processes: GuestRun.processes, outputBytes: emulator.memoryBytes * 2, temporaryBytes: 1 << 20,
            openFiles: GuestRun.openFiles)
        var sockets: [Int32] = [-1, -1]
        guard amx_stream_sockets(&sockets) == 0 else { throw AmxError.system("cannot make a socket") }
        defer { close(sockets[0]) }
        let program: SandboxedProgram
        do throws(AmxError) {
            program = try sandbox.start(emulator.booting, input: nil, channel: sockets[1], limits: limits)
        } catch {
            close(sockets[1])
            throw error
        }
        close(sockets[1])
        try wait(for: program, sockets[0], check)
        try write(program, check)
    }

    /// Removes what only the making needs.
    func clear() throws(AmxError) {
        for name in ["kernel", "initrd", "empty"] { try Directory.remove("\(folder)/\(name)") }
        try Directory.sync(folder)
    }

    /// Waits until the guest says that it is there.
    private func wait(
        for program: SandboxedProgram, _ socket: Int32, _ check: () throws(AmxError) -> Void
    ) throws(AmxError) {
        var said: [UInt8] = []
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
        while !said.starts(with: Self.ready) {
            let hasEnded = program.isEnded(watching: [socket], milliseconds: 500)
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = read(socket, &buffer, buffer.count)
            if count > 0 { said += buffer.prefix(count) }
            guard !hasEnded, Self.ready.starts(with: said.prefix(Self.ready.count)) else { throw try failure(program) }
            do throws(AmxError) { try check() } catch {
                program.end()
                throw error
            }
        }
    }

    private func failure(_ program: SandboxedProgram) throws(AmxError) -> AmxError {
        program.end()
        let result = try program.wait()
        guard result.ending != .timedOut else {
            return VirtualMachine.error("its guest has not booted in \(parts.bootMilliseconds / 1_000) seconds")
        }
        let text = String(decoding: result.errors.suffix(500), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
        return VirtualMachine.error("its guest does not boot\(line)")
    }

    /// Lets QEMU write the snapshot, and keeps it.
    private func write(_ program: SandboxedProgram, _ check: () throws(AmxError) -> Void) throws(AmxError) {
        let file = try OpenFile("\(folder)/state", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        guard fchmod(file.descriptor, 0o644) == 0 else { throw AmxError.system("cannot set the mode of an image") }
        var (start, isFirst): ([UInt8], Bool) = ([], true)
        let command = Array(Emulator.snapshot.utf8)
        guard send(program.input, command, command.count, Int32(MSG_NOSIGNAL)) == command.count else {
            throw try failure(program)
        }
        var hasEnded = false
        while !hasEnded {
            hasEnded = program.isEnded(watching: [program.output], milliseconds: 500)
            // What it says to its commands is of no interest, but must not fill the pipe.
            var buffer = [UInt8](repeating: 0, count: 65_536)
            _ = read(program.output, &buffer, buffer.count)
            let bytes = program.takeErrors()
            if isFirst, !bytes.isEmpty {
                start = Array(bytes.prefix(Self.mark.count))
                isFirst = false
            }
            try file.write(bytes)
            do throws(AmxError) { try check() } catch {
                program.end()
                throw error
            }
        }
        let result = try program.wait()
        try file.write(result.errors)
        guard result.ending == .exited(0), start == Self.mark else {
            throw VirtualMachine.error("no snapshot of its guest can be made: \(result.ending)")
        }
        try file.sync()
    }
}
