import Glibc
import Objects

/// A program that shows long output page by page, as git's pager does.
///
/// It reads from a pipe and has the terminal; keys that interrupt are its own while it runs.
final class Pager {
    private let process: RunningProcess
    private let input: Int32
    private var isOpen = true

    /// Starts a command of the shell; nil when it cannot be started.
    init?(_ command: String) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // What is read to the end by less stays on the screen when it fits there; colours are passed on.
        if getenv("LESS") == nil { setenv("LESS", "FRX", 0) }
        if getenv("LV") == nil { setenv("LV", "-c", 0) }
        var shell = Program("/bin/sh", ["-c", command])
        shell.input = .descriptor(ends[0])
        shell.output = .shared
        shell.errors = .shared
        shell.company = .caller
        let started = try? shell.start()
        close(ends[0])
        guard let started else {
            close(ends[1])
            return nil
        }
        process = started
        input = ends[1]
        signal(SIGPIPE, SIG_IGN)
        signal(SIGINT, SIG_IGN)
        signal(SIGQUIT, SIG_IGN)
    }

    /// Gives it more to show; what it doesn't want any more is dropped.
    func write(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            done += count
        }
    }

    /// Waits until the user has left it.
    func finish() {
        guard isOpen else { return }
        isOpen = false
        close(input)
        _ = process.wait()
        signal(SIGINT, SIG_DFL)
        signal(SIGQUIT, SIG_DFL)
    }

    /// The command to page with; nil when output is not to be paged.
    ///
    /// `AMX_PAGER`, else the setting `core.pager`, else `PAGER`, else `less` where it is installed. Empty or `cat` means none.
    static func command(configured: String?) -> String? {
        let chosen =
            getenv("AMX_PAGER").map { String(cString: $0) } ?? configured ?? getenv("PAGER").map { String(cString: $0) }
        if let chosen { return chosen.isEmpty || chosen == "cat" ? nil : chosen }
        let folders = (Environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.contains { access("\($0)/less", X_OK) == 0 } ? "less" : nil
    }
}
