/// The file system that a guest starts with: an archive in the kernel's `newc` form of cpio, not compressed.
///
/// Source: the kernel's `Documentation/driver-api/early-userspace/buffer-format.rst`.
struct InitialFileSystem {
    private(set) var bytes: [UInt8] = []
    private var count: UInt32 = 0

    /// A guest's own: its first process, its modules in the order in which they are loaded, and places to mount at.
    init(first: [UInt8], modules: [[UInt8]]) {
        for folder in ["dev", "proc", "groups", "root", "shown", "modules"] { add(folder, mode: 0o040755) }
        // What the first process writes before it has mounted anything.
        add("dev/console", mode: 0o020600, device: (5, 1))
        add("init", mode: 0o100755, first)
        for (index, module) in modules.enumerated() {
            add("modules/\(index < 10 ? "0" : "")\(index).ko", mode: 0o100644, module)
        }
        add("TRAILER!!!", mode: 0)
    }

    private mutating func add(
        _ name: String, mode: UInt32, _ content: [UInt8] = [], device: (UInt32, UInt32) = (0, 0)
    ) {
        count += 1
        bytes += Array("070701".utf8)
        let numbers = [
            count, mode, 0, 0, 1, 0, UInt32(clamping: content.count), 0, 0, device.0, device.1,
            UInt32(clamping: name.utf8.count + 1), 0,
        ]
        for number in numbers {
            let digits = String(number, radix: 16, uppercase: true)
            bytes += Array((String(repeating: "0", count: 8 - digits.count) + digits).utf8)
        }
        bytes += Array(name.utf8) + [0]
        pad()
        bytes += content
        pad()
    }

    private mutating func pad() { while !bytes.count.isMultiple(of: 4) { bytes.append(0) } }
}
