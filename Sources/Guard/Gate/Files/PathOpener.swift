import CLinux
import Glibc

/// Asks the kernel to open a path from a folder under rules of how it is resolved.
struct PathOpener: Sendable {
    /// How paths are resolved.
    struct Rules: OptionSet, Sendable {
        let rawValue: UInt32

        static let noMagicLinks = Rules(rawValue: UInt32(AMX_RESOLVE_NO_MAGIC_LINKS))
        static let noLinks = Rules(rawValue: UInt32(AMX_RESOLVE_NO_LINKS))
        static let beneath = Rules(rawValue: UInt32(AMX_RESOLVE_BENEATH))
        static let inRoot = Rules(rawValue: UInt32(AMX_RESOLVE_IN_ROOT))
    }

    /// The flag for a descriptor that only stands for what it was opened from.
    static let placeOnly = Int32(AMX_OPEN_PLACE_ONLY)

    /// Folder, path, flags, mode, rules; gives a descriptor, or an error number below 0.
    let call: @Sendable (Int32, UnsafePointer<CChar>, Int32, UInt32, UInt32) -> Int32

    /// The kernel of this machine.
    static let kernel = PathOpener { amx_open_beneath($0, $1, $2, $3, $4) }

    /// Opens a path; a result below 0 is an error number, and EAGAIN has been waited out a few times.
    func open(_ folder: Int32, _ path: [UInt8], flags: Int32, mode: UInt32 = 0, rules: Rules) -> Int32 {
        let path = path.map { CChar(bitPattern: $0) } + [0]
        var result = -EAGAIN
        // The kernel says so where something was renamed meanwhile.
        for _ in 0..<16 where result == -EAGAIN || result == -EINTR {
            result = path.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.map { call(folder, $0, flags, mode, rules.rawValue) } ?? -EINVAL
            }
        }
        return result
    }
}
