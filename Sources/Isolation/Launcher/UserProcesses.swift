import Glibc

/// What a user runs on this machine.
enum UserProcesses {
    /// How many processes and threads a user has, as the kernel counts them for `RLIMIT_NPROC`; without those that it shows to nobody.
    static func count(of user: UInt32) -> UInt64 {
        guard let folder = opendir("/proc") else { return 0 }
        defer { closedir(folder) }
        var sum: UInt64 = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { continue }
            var status = stat()
            // The folder of its threads has as many links as these, and its own two.
            guard stat("/proc/\(name)", &status) == 0, status.st_uid == user,
                stat("/proc/\(name)/task", &status) == 0
            else { continue }
            sum += status.st_nlink > 2 ? UInt64(status.st_nlink) - 2 : 1
        }
        return sum
    }
}
