import CLinux
import Glibc
import Isolation

/// The program that stands between Amx and a capsule's code. Only Amx starts it, and its arguments are no interface.
@main struct Worker {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.first == "launch", let slot = LauncherArguments(arguments.dropFirst()) else {
            fail("only Amx starts this program")
        }
        exit(launch(slot))
    }

    /// Becomes the launcher of a slot: its rights are gone before it reads a request.
    private static func launch(_ slot: LauncherArguments) -> Int32 {
        let launcher = Launcher(ownsUser: slot.user != nil)
        amx_default_signals()
        guard amx_become_reaper() == 0 else { fail("no reaper") }
        // Who looks after the others is not to be taken for one of them.
        amx_be_ended_last()
        if let user = slot.user {
            // First of all, so that whatever it needs counts.
            for file in slot.groups where amx_enter_group(file) != 0 { fail("cannot limit the sandbox by \(file)") }
            let sources = slot.shown.map { UnsafePointer(strdup($0.source)) }
            let targets = slot.shown.map { UnsafePointer(strdup($0.target)) }
            defer { for text in sources + targets { free(UnsafeMutablePointer(mutating: text)) } }
            guard amx_make_view(slot.folder, sources, targets, sources.count) == 0 else {
                fail("cannot show \(slot.shown.map(\.source).joined(separator: ", "))")
            }
            guard amx_become_user(user, user) == 0 else { fail("cannot become user \(user)") }
            // What a launcher before this one, which was killed, could not end: nobody else is this user.
            _ = kill(-1, SIGKILL)
        }
        guard amx_give_up_gains() == 0 else { fail("no_new_privs") }
        return launcher.run()
    }

    private static func fail(_ what: String) -> Never {
        let reason = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
        let text = Array("amx-worker: \(what)\(reason)\n".utf8)
        _ = write(2, text, text.count)
        exit(125)
    }
}
