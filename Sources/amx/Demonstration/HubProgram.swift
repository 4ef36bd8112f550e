import Glibc
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
        var swift = Program(
            "swift",
            [
                "build", "--configuration", checkout.configuration, "--product", "amx-hub", "--package-path",
                checkout.root, "--scratch-path", checkout.scratch,
            ])
        swift.output = .descriptor(2)
        swift.errors = .shared
        swift.company = .caller
        let process = try swift.start()
        let status: Int32
        do throws(AmxError) {
            status = try process.wait { () throws(AmxError) in try Interruption.check() }
        } catch {
            // The build gets the terminal's signal too; a signal to this process alone is passed on.
            process.send(SIGTERM)
            _ = process.wait()
            throw error
        }
        guard status == 0, exists else {
            throw AmxError(
                .failure, "cannot start a hub: building amx-hub failed", hint: "its messages are above")
        }
    }
}
