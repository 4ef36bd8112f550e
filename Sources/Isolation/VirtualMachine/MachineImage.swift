/// A guest that has booted and waits for what it is to run, in a file.
package struct MachineImage: Sendable, Hashable {
    /// The file that QEMU goes on from.
    package let path: String
    /// The machine that it is a snapshot of.
    let emulator: Emulator

    init(path: String, emulator: Emulator) { (self.path, self.emulator) = (path, emulator) }
}
