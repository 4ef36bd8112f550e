import CLinux
import Glibc

/// A program that was started, until its end has been noticed.
///
/// One whose owner goes before is killed, with its group where it leads one, and waited for. Not for use by several threads.
package final class RunningProcess {
    private let id: pid_t
    /// Its process id; nobody else's until its end has been noticed.
    package var number: Int32 { id }
    private let leadsGroup: Bool
    /// Readable when the program has ended; -1 where the system has no such descriptors.
    private let notice: Int32
    private var status: Int32?

    init(_ id: pid_t, leadsGroup: Bool) {
        self.id = id
        self.leadsGroup = leadsGroup
        notice = amx_process_descriptor(id)
    }

    deinit {
        if status == nil {
            kill()
            _ = end()
        }
        if notice >= 0 { close(notice) }
    }

    /// Whether it has ended; its status is still to be had.
    package var hasEnded: Bool {
        guard status == nil else { return true }
        var state = siginfo_t()
        guard waitid(P_PID, id_t(id), &state, WEXITED | WNOHANG | WNOWAIT) == 0 else { return errno == ECHILD }
        return state.si_signo != 0
    }

    /// Sends a signal to it alone, unless its end has been waited for.
    package func send(_ signal: Int32) {
        if status == nil { _ = Glibc.kill(id, signal) }
    }

    /// Kills it, or what is left of its group where it leads one; nothing to do once its end has been waited for.
    package func kill() {
        // Until then the id, and with it the group's, is nobody else's.
        if status == nil { _ = Glibc.kill(leadsGroup ? -id : id, SIGKILL) }
    }

    /// Waits for the end: the exit status, or 128 and the signal that ended it.
    ///
    /// `check` is called when a signal interrupts, and twice a second; when it throws, the wait ends and the program goes on.
    package func wait(check: () throws(AmxError) -> Void) throws(AmxError) -> Int32 {
        while !hasEnded {
            try check()
            _ = sleep(watching: [], milliseconds: 500)
        }
        return end()
    }

    /// Waits for the end, however long that takes.
    package func wait() -> Int32 {
        while !hasEnded { _ = sleep(watching: [], milliseconds: 500) }
        return end()
    }

    /// Waits until it has ended, one of some descriptors can be read, a signal came, or the time is over; returns which
    /// descriptors are to be read.
    func sleep(watching descriptors: [Int32], milliseconds: Int) -> [Bool] {
        var polls = (descriptors + [notice]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // Where nothing tells of the end, one looks often.
        let ready = poll(
            &polls, nfds_t(polls.count), Int32(clamping: notice < 0 ? min(milliseconds, 20) : milliseconds))
        return polls.dropLast().map { ready > 0 && $0.revents != 0 }
    }

    /// The status of a program that ends, or has ended.
    private func end() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        var waited = waitpid(id, &raw, 0)
        while waited == -1, errno == EINTR { waited = waitpid(id, &raw, 0) }
        // Somebody else has waited for it: how it ended cannot be told, so it did not end well.
        let found = waited != id ? 255 : raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
        status = found
        return found
    }
}
