/// The command lines of QEMU: the machine that a snapshot is made of, and the same machine going on from it.
///
/// The machine has a processor, memory, timers, a file system of what is shown and four ports, and nothing else: no disk, no
/// network, no display, no keyboard. Source: qemu(1).
struct Emulator: Sendable, Hashable {
    /// Where what a guest is shown lies, as QEMU sees it; the guest sees it as its root.
    static let guestPath = "/guest"
    /// Where QEMU finds the snapshot, and what it boots.
    static let (statePath, kernelPath, archivePath) = ("/machine/state", "/machine/kernel", "/machine/initrd")
    /// The descriptor that the snapshot is read from.
    private static let stateNumber = 9

    /// QEMU's path.
    var path: String
    /// The guest's memory.
    var memoryBytes: UInt64

    /// QEMU's own memory beside the guest's: translated code, devices, the file system's buffers.
    static let ownBytes: UInt64 = 256 << 20

    /// Boots a guest; its first port is the channel, QEMU's commands come by standard input.
    var booting: [String] {
        words(
            showing: Sandbox.capsulePath,
            ports: [Self.channel, Self.nowhere, Self.nowhere, Self.nowhere])
            + [
                "-kernel", Self.kernelPath, "-initrd", Self.archivePath,
                // What a guest has freed is zero, and zeros take no room in a snapshot.
                "-append", "quiet panic=-1 reboot=t init_on_free=1",
                "-chardev", "stdio,id=commands,signal=off", "-mon", "chardev=commands,mode=readline",
            ]
    }

    /// The command that writes the snapshot to standard error, and ends QEMU.
    static let snapshot = "migrate_set_parameter max-bandwidth 1T\nmigrate \"exec:cat >&2\"\nquit\n"

    /// Goes on from a snapshot.
    func resuming(hasChannel: Bool) -> [String] {
        let ports = [
            Port("pipe", "path=/dev/stdin"), Port("file", "path=/dev/stdout"), Port("file", "path=/dev/stderr"),
            hasChannel ? Self.channel : Self.nowhere,
        ]
        return ["/usr/bin/sh", "-c", "exec \(Self.stateNumber)<\(Self.statePath) && exec \"$@\"", "sh"]
            + words(showing: Self.guestPath, ports: ports) + ["-incoming", "fd:\(Self.stateNumber)"]
    }

    /// The outer end of one of the guest's ports: QEMU's kind of it, and its options.
    private struct Port {
        let (kind, options): (String, String)

        init(_ kind: String, _ options: String) { (self.kind, self.options) = (kind, options) }
    }

    private static let channel = Port("socket", "fd=\(Launcher.channelNumber)")
    private static let nowhere = Port("ringbuf", "size=4096")

    private func words(showing folder: String, ports: [Port]) -> [String] {
        var words = [
            // Not `microvm`: without this one's timers, a guest of a busy host finds no clock to go by, and does not boot.
            path, "-M", "q35,sata=off,smbus=off,usb=off,vmport=off,smm=off,i8042=off,graphics=off",
            "-accel", "tcg,tb-size=64", "-cpu", "max",
            "-smp", "1", "-m", "\(memoryBytes >> 20)M", "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot", "-fsdev", "local,id=shown,path=\(folder),readonly=on,security_model=none,multidevs=remap",
            "-device", "virtio-9p-pci,fsdev=shown,mount_tag=amx", "-device", "virtio-serial-pci",
        ]
        for (index, port) in ports.enumerated() {
            let name = "port\(index + 1)"
            words += [
                "-chardev", "\(port.kind),id=\(name),\(port.options)",
                "-device", "virtserialport,nr=\(index + 1),chardev=\(name),name=\(name)",
            ]
        }
        return words
    }
}
