import Glibc
import HubClient
import Objects

/// The hub's program, which stands beside this one.
///
/// `swift run amx` builds only `amx`, and a build dependency on the hub would link its libraries into `amx`. So a program
/// that runs from a checkout's build folder builds the missing hub itself; an installed one says that it is missing.
struct HubProgram {
    /// Where it stands.
    let path: String
    private let checkout: Checkout?

    /// A checkout whose build folder this program runs from.
    private struct Checkout {
        let root: String
        let scratch: String
        let configuration: String
    }

    /// Looks beside a program.
    init(beside program: String) {
        let folder = Directory.parent(of: program)
        path = "\(folder)/amx-hub"
        // <root>/.build/<triple>/<configuration>/amx
        let scratch = Directory.parent(of: Directory.parent(of: folder))
        let root = Directory.parent(of: scratch)
        checkout =
            Directory.exists("\(root)/Package.swift")
            ? Checkout(root: root, scratch: scratch, configuration: Directory.name(of: folder)) : nil
    }

    /// Whether it is there.
    var exists: Bool { access(path, X_OK) == 0 }

    /// Whether it can be built.
    var isBuildable: Bool { checkout != nil }

    /// Builds it, with the build's own messages on standard error.
    func build() throws(AmxError) {
        guard let checkout else {
            throw AmxError(
                .notFound, "cannot start a hub: there is no \(path)",
                hint: "build both programs with `swift build -c release`, and keep them in one folder")
        }
        let arguments = [
            "swift", "build", "--configuration", checkout.configuration, "--product", "amx-hub", "--package-path",
            checkout.root, "--scratch-path", checkout.scratch,
        ]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        let argv = arguments.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, arguments[0], &actions, nil, argv, environ)
        guard result == 0 else { throw AmxError.system("cannot run \(arguments[0])", errno: result) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 {
            guard errno == EINTR else { throw AmxError.system("cannot wait for the build") }
            // The build gets the terminal's signal too; a signal to this process alone is passed on.
            kill(process, SIGTERM)
        }
        try Interruption.check()
        guard status == 0, exists else {
            throw AmxError(
                .failure, "cannot start a hub: building amx-hub failed", hint: "its messages are above")
        }
    }
}
