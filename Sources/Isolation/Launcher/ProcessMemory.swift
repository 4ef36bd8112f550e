import Glibc

/// A process and all that descend from it, and how much memory they have.
enum ProcessMemory {
    /// How many processes are looked at; a sandbox has fewer.
    private static let processLimit = 4_096

    /// Their resident bytes together, what they share counted for each; 0 when there are none.
    static func bytes(of process: Int32) -> UInt64 {
        var (sum, waiting, seen) = (UInt64(0), [process], 0)
        while let next = waiting.popLast(), seen < processLimit {
            seen += 1
            // Its second number is the count of resident pages.
            if let pages = numbers("/proc/\(next)/statm").dropFirst().first {
                sum =
                    sum.addingReportingOverflow(pages.multipliedReportingOverflow(by: pageBytes).partialValue)
                    .partialValue
            }
            waiting += children(of: next)
        }
        return sum
    }

    /// The processes that the first thread of a process has started, or that came to it, and that it has not waited for.
    static func children(of process: Int32) -> [Int32] {
        numbers("/proc/\(process)/task/\(process)/children").compactMap { Int32(exactly: $0) }
    }

    private static let pageBytes = UInt64(clamping: sysconf(Int32(_SC_PAGESIZE)))

    private static func numbers(_ path: String) -> [UInt64] {
        guard let text = FileText.read(path) else { return [] }
        return text.split { !("0"..."9").contains($0) }.compactMap { UInt64($0) }
    }
}
