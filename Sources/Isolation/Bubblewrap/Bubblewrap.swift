/// The command line of `bwrap` that makes a sandbox: all namespaces, nothing to write but a bounded `/tmp`, no rights, no network.
///
/// Each word answers a way out that was tried: `docs/security.md`, "The sandbox". Source: bwrap(1).
package struct Bubblewrap: Sendable, Hashable {
    /// What the program sees.
    package var view: SandboxView
    /// The descriptors of bwrap that carry the system call filter's programs.
    private static let filterNumbers = [3, 4]
    /// Room in bytes for what programs share by `/dev/shm`.
    private static let sharedBytes = 16 << 20

    package init(_ view: SandboxView) { self.view = view }

    /// The words after `bwrap` that start a program, by its path in the sandbox; its variables come by a descriptor, since everybody on the
    /// machine can read the words.
    package func arguments(running program: [String], variablesAt number: Int) -> [String] {
        var words = [
            "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
            "--symlink", "usr/bin", "/bin", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
            "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
        ]
        if let guest = view.guest { words += Self.root(of: guest) }
        for place in view.shown { words += ["--ro-bind", place.source, place.target] }
        words += [
            "--proc", "/proc", "--dev", "/dev", "--size", String(Self.sharedBytes), "--tmpfs", "/dev/shm",
            "--size", String(max(4_096, view.temporaryBytes)), "--tmpfs", "/tmp",
            "--remount-ro", "/dev", "--remount-ro", "/proc", "--remount-ro", "/",
            "--cap-drop", "ALL", "--hostname", "capsule", "--clearenv",
        ]
        words += ["--args", String(number)]
        for number in Self.filterNumbers { words += ["--add-seccomp-fd", String(number)] }
        words += [
            "--chdir", view.directory, "--json-status-fd", String(Launcher.reportNumber), "--",
        ]
        return words + program
    }

    /// A folder that is what programs see as their root, and is the root of a guest's.
    private static func root(of guest: String) -> [String] {
        [
            "--ro-bind", "/usr", "\(guest)/usr", "--symlink", "usr/lib", "\(guest)/lib",
            "--symlink", "usr/lib64", "\(guest)/lib64", "--symlink", "usr/bin", "\(guest)/bin",
            "--ro-bind-try", "/etc/ld.so.cache", "\(guest)/etc/ld.so.cache",
            "--ro-bind-try", "/etc/alternatives", "\(guest)/etc/alternatives",
            "--dir", "\(guest)/proc", "--dir", "\(guest)/dev", "--dir", "\(guest)/tmp",
        ]
    }

    /// What comes by the descriptor of variables: words as those of the command line, each with a NUL behind it.
    static func variables(_ environment: [String: String]) -> [UInt8] {
        environment.sorted { $0.key < $1.key }.flatMap { name, value in
            ["--setenv", name, value].flatMap { Array($0.utf8) + [0] }
        }
    }
}
