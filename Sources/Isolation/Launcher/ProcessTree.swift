import Glibc

/// What a process and all that descend from it have of the machine, as the kernel tells it at one moment.
struct ProcessTree {
    /// Resident bytes of all together, with their page tables and with what of them is swapped out; what they share counts for each.
    private(set) var bytes: UInt64 = 0
    /// Processes and threads.
    private(set) var threads: UInt64 = 0
    private var processes: [Int32] = []
    /// How many processes are looked at; a sandbox has fewer.
    private static let processLimit = 4_096

    /// Looks at a process and its descendants; empty when there are none.
    init(of process: Int32) {
        var waiting = [process]
        while let next = waiting.popLast(), processes.count < Self.processLimit {
            guard let status = FileText.read("/proc/\(next)/status") else { continue }
            processes.append(next)
            let count = add(status)
            // A process belongs to the thread that has started it, which need not be the first one.
            for thread in count > 1 ? Self.threads(of: next) : [next] {
                waiting += Self.children(of: next, thread)
            }
        }
    }

    /// Processor time of all of them until now, and of those that they have waited for, in microseconds; the kernel counts by ticks.
    var processorMicroseconds: UInt64 {
        let ticks = processes.reduce(UInt64(0)) { sum, process in
            let text = FileText.read("/proc/\(process)/stat") ?? ""
            // The program's name may have blanks and brackets. Behind it the first field is the third one.
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ").dropFirst()
            return sum + fields.dropFirst(11).prefix(4).reduce(0) { $0 + (UInt64($1) ?? 0) }
        }
        return ticks * (1_000_000 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK)))))
    }

    /// What the files below `/tmp` and `/dev/shm` of a sandbox have, whose first process is the second of these: their content, and what the
    /// kernel keeps of each. `room` is the size that was given to `/tmp`; 0 as long as there is none of that size.
    func fileBytes(room: UInt64) -> UInt64 {
        guard processes.count > 1 else { return 0 }
        let places = [("/tmp", max(4_096, room)), ("/dev/shm", UInt64(Bubblewrap.sharedBytes))]
        return places.reduce(0) { sum, place in
            var status = statvfs()
            guard statvfs("/proc/\(processes[1])/root\(place.0)", &status) == 0 else { return sum }
            let block = UInt64(status.f_frsize)
            let (all, free) = (UInt64(status.f_blocks), UInt64(status.f_bfree))
            // The host may have one in the same place, which is seen until the sandbox has its own.
            guard block > 0, all == (place.1 + block - 1) / block else { return sum }
            let files = UInt64(status.f_files) - min(UInt64(status.f_ffree), UInt64(status.f_files))
            return sum + (all - min(free, all)) * block + files * Self.fileCost
        }
    }

    /// About what the kernel keeps of a file without content, in bytes.
    private static let fileCost: UInt64 = 1_024

    /// Adds what a process says of itself; how many threads it has.
    private mutating func add(_ status: String) -> UInt64 {
        var count: UInt64 = 1
        for line in status.split(separator: "\n") {
            let words = line.split { $0 == "\t" || $0 == " " }
            guard words.count > 1, let number = UInt64(words[1]) else { continue }
            switch words[0] {
            case "VmRSS:", "VmPTE:", "VmSwap:":
                bytes =
                    bytes.addingReportingOverflow(number.multipliedReportingOverflow(by: 1_024).partialValue)
                    .partialValue
            case "Threads:": count = number
            default: continue
            }
        }
        threads += count
        return count
    }

    /// The processes that the first thread of a process has started, or that came to it, and that it has not waited for.
    static func children(of process: Int32) -> [Int32] { children(of: process, process) }

    private static func children(of process: Int32, _ thread: Int32) -> [Int32] {
        numbers("/proc/\(process)/task/\(thread)/children").compactMap { Int32(exactly: $0) }
    }

    private static func threads(of process: Int32) -> [Int32] {
        guard let folder = opendir("/proc/\(process)/task") else { return [] }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let thread = Int32(name) { found.append(thread) }
        }
        return found
    }

    private static func numbers(_ path: String) -> [UInt64] {
        guard let text = FileText.read(path) else { return [] }
        return text.split(separator: " ").compactMap { UInt64($0) }
    }
}
