import CLinux
import Glibc
package import Objects

/// The virtual machines of this host: for each amount of memory an image of a guest that has booted, made at its first use
/// and kept.
///
/// An image is made, and used, by a QEMU in a sandbox as all programs run in. It counts once a guest has gone on from it and
/// run a program. Not for use by several threads at once; several processes may share the folder. Source: `docs/running.md`,
/// "Virtual machines".
package final class VirtualMachine {
    /// What a machine is made of, and where images are kept.
    package struct Parts: Sendable, Hashable {
        /// The program `amx-worker`; `amx-vm-init` stands beside it.
        package var worker: String
        /// The folder of images, which is made; only this user may write it.
        package var cache: String
        /// QEMU; only below `/usr` the sandbox shows programs.
        package var emulator = "/usr/bin/qemu-system-x86_64"
        /// Folders with `boot` and `lib/modules`, the first of which with a kernel counts; the second is that of `hooks/setup --vm`.
        package var kernels = ["/", "/usr/local/lib/amx/guest"]
        /// How long a guest may take to boot, in milliseconds.
        package var bootMilliseconds: UInt64 = 120_000

        package init(worker: String, cache: String) { (self.worker, self.cache) = (worker, cache) }
    }

    private let parts: Parts
    private let kernel: GuestKernel?
    /// By the memory of the guest. Each is held as long as this goes on from it.
    private var images: [UInt64: (image: MachineImage, use: ImageUse?)] = [:]
    /// What a guest has beside what its program may use.
    private static let spareBytes: UInt64 = 128 << 20
    private static let leastBytes: UInt64 = 256 << 20
    /// Counts up when what images are changes in a way that nothing else of their names shows.
    private static let form = "amx-vm 1"

    /// Looks for all parts, which boots nothing. `.failure` where one is missing.
    package init(_ parts: Parts) throws(AmxError) {
        guard access(parts.emulator, X_OK) == 0 else {
            throw AmxError(
                .failure, "cannot run in a virtual machine: QEMU is not installed",
                hint: """
                    install it, on Debian with `apt-get install qemu-system-x86`; `amx doctor` tries it
                    """)
        }
        guard access(Self.first(parts), R_OK) == 0 else {
            throw AmxError(
                .failure, "cannot run in a virtual machine: there is no program \(Self.first(parts))",
                hint: "`amx-vm-init` belongs beside `amx-worker`; install Amx again")
        }
        kernel = try GuestKernel.find(in: parts.kernels)
        self.parts = parts
    }

    /// One that has an image only.
    private init(_ parts: Parts, _ image: MachineImage) {
        (self.parts, kernel) = (parts, nil)
        images = [image.emulator.memoryBytes: (image, nil)]
    }

    /// The image for programs that may have so much memory. Where it is not there yet it is made, which takes seconds:
    /// `willBoot` is called before.
    ///
    /// `check` is called at least twice a second; what it throws ends the making and is thrown on. `.failure` where no guest
    /// boots.
    package func image(
        forMemory bytes: UInt64, willBoot: () -> Void = {}, check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> MachineImage {
        let memory = Self.memory(for: bytes)
        // One that somebody has deleted is made again.
        if let known = images[memory], known.use == nil || Directory.exists(known.image.path) {
            known.use?.mark()
            return known.image
        }
        guard let kernel else { throw Self.error("there is no image for so much memory") }
        let emulator = Emulator(path: parts.emulator, memoryBytes: memory)
        let folder = ImageFolder(path: parts.cache)
        let name = name(of: emulator, kernel)
        let image = MachineImage(path: folder.file(name), emulator: emulator)
        try folder.make()
        var use = try folder.use(name)
        if use == nil {
            let lock = try folder.lock(Double(parts.bootMilliseconds) / 250, check)
            // Somebody else may have made it meanwhile.
            use = try folder.use(name)
            if use == nil {
                willBoot()
                use = try make(image, of: kernel, in: folder, as: name, check)
                folder.removeUnused(but: name)
            }
            _ = consume lock
        }
        images[memory] = (image, use)
        return image
    }

    /// The guest's memory for a program that may have so much: a power of two, so that there are few images.
    static func memory(for bytes: UInt64) -> UInt64 {
        var memory = leastBytes
        while memory < bytes.addingReportingOverflow(spareBytes).partialValue, memory < 1 << 40 { memory *= 2 }
        return memory
    }

    /// Whatever an image depends on changes its name: QEMU, its firmware, the kernel, the first process, the machine.
    private func name(of emulator: Emulator, _ kernel: GuestKernel) -> String {
        let files = [
            parts.emulator, kernel.path, kernel.modules, Self.first(parts), "/usr/share/seabios/bios-256k.bin",
            "/usr/share/qemu/linuxboot_dma.bin", "/usr/lib/x86_64-linux-gnu/qemu/accel-tcg-x86_64.so",
        ]
        let text = ([Self.form] + emulator.booting + files.map(Self.stamp)).joined(separator: "\n")
        return String(SHA256Hasher.hash(of: Array(text.utf8)).hex.prefix(ImageFolder.nameLength))
    }

    private static func first(_ parts: Parts) -> String { "\(Directory.parent(of: parts.worker))/amx-vm-init" }

    private static func stamp(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "\(path) -" }
        let time = status.st_mtim
        return "\(path) \(status.st_dev) \(status.st_ino) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)"
    }

    // MARK: Making an image

    private func make(
        _ image: MachineImage, of kernel: GuestKernel, in images: ImageFolder, as name: String,
        _ check: () throws(AmxError) -> Void
    ) throws(AmxError) -> ImageUse? {
        let folder = try images.begin()
        do throws(AmxError) {
            let maker = ImageMaker(parts, image.emulator, in: folder)
            try maker.make(from: kernel, check)
            try tryOut(MachineImage(path: "\(folder)/state", emulator: image.emulator), in: folder, check)
            try maker.clear()
            return try images.finish(folder, as: name)
        } catch {
            try? Directory.remove(folder)
            throw error
        }
    }

    /// Goes on from an image and runs a program.
    private func tryOut(
        _ image: MachineImage, in folder: String, _ check: () throws(AmxError) -> Void
    ) throws(AmxError) {
        let sandbox = try Sandbox(
            worker: parts.worker, showing: folder, machine: VirtualMachine(parts, image))
        let limits = SandboxLimits(
            milliseconds: parts.bootMilliseconds, memoryBytes: image.emulator.memoryBytes - Self.spareBytes)
        let result = try sandbox.run(["/usr/bin/echo", "here"], limits: limits, check: check)
        guard result.ending == .exited(0), result.output == Array("here\n".utf8) else {
            let text = String(decoding: result.errors.suffix(1_000), as: UTF8.self)
            throw Self.error("its guest does not go on from its image: \(result.ending): \(text)")
        }
    }

    static func error(_ what: String) -> AmxError {
        AmxError(
            .failure, "cannot run in a virtual machine: \(what)",
            hint: "`amx doctor` boots a guest and says what this machine lacks")
    }
}
