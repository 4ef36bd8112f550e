/// The command line of `bwrap` that makes a sandbox: all namespaces, nothing to write but a bounded `/tmp`, no rights, no network.
///
/// Each word answers a way out that was tried: `docs/security.md`, "The sandbox". Source: bwrap(1).
package struct Bubblewrap: Sendable, Hashable {
    /// What the program sees.
    package var view: SandboxView
    /// The folder in which its launcher has made what the program sees; nil where that has no rights to make anything.
    package var place: String?
    /// Room in bytes for what programs share by `/dev/shm`.
    static let sharedBytes = 16 << 20

    package init(_ view: SandboxView, madeIn place: String? = nil) { (self.view, self.place) = (view, place) }

    /// The words after `bwrap` that start a program, by its path in the sandbox; its variables come by a descriptor, since everybody on the
    /// machine can read the words.
    package func arguments(running program: [String]) -> [String] {
        words
            + [
                "--args", String(Launcher.variablesNumber), "--add-seccomp-fd", String(Launcher.filterNumber),
                "--json-status-fd", String(Launcher.reportNumber), "--",
            ] + program
    }

    /// Those that need no descriptors.
    package var words: [String] {
        var words = ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
        // Shown as it is, it stays read-only: only who has made it could change that.
        if let place {
            // The launcher's network, which is its own and has nothing.
            words += ["--share-net", "--ro-bind", "\(place)/root", "/", "--dev-bind", "\(place)/dev", "/dev"]
        } else {
            words += [
                "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
                "--symlink", "usr/bin", "/bin", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
                "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
            ]
            for shown in view.shown { words += ["--ro-bind", shown.source, shown.target] }
            words += ["--dev", "/dev"]
        }
        words += [
            "--proc", "/proc", "--size", String(Self.sharedBytes), "--tmpfs", "/dev/shm",
            "--size", String(max(4_096, view.temporaryBytes)), "--tmpfs", "/tmp",
        ]
        if place == nil { words += ["--remount-ro", "/dev", "--remount-ro", "/"] }
        return words + [
            "--remount-ro", "/proc", "--cap-drop", "ALL", "--hostname", "capsule", "--clearenv", "--chdir",
            view.directory,
        ]
    }

    /// What comes by the descriptor of variables: words as those of the command line, each with a NUL behind it.
    static func variables(_ environment: [String: String]) -> [UInt8] {
        environment.sorted { $0.key < $1.key }.flatMap { name, value in
            ["--setenv", name, value].flatMap { Array($0.utf8) + [0] }
        }
    }
}
