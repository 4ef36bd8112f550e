import Capsules
package import Guard
package import Isolation
import Objects

/// Where the servers of one capsule run, and what they are given there.
package struct ServerPlace: Sendable {
    /// The path of `amx-worker`.
    package var worker: String
    /// The folder with the capsule's files.
    package var folder: String
    /// What the capsule's manifest allows: a program of the host needs its word before it is looked for.
    package var gate: ManifestGate
    /// Files and folders of the machine that the servers see as well.
    package var tools: [SandboxView.Shown] = []
    /// The paths of `python3` and `node` as the sandbox sees them, where they are not those of the system: of a virtual environment that
    /// ``tools`` shows.
    package var interpreters: [String: String] = [:]
    /// The values of the capsule's configuration, by their keys.
    package var settings: [String: String] = [:]
    /// Whether a machine without control groups is refused.
    package var heldMemory = false

    package init(worker: String, folder: String, gate: ManifestGate) {
        (self.worker, self.folder, self.gate) = (worker, folder, gate)
    }

    /// A sandbox of its own for a server.
    func sandbox() throws(AmxError) -> Sandbox {
        try Sandbox(worker: worker, showing: folder, with: tools, heldMemory: heldMemory)
    }

    /// How a server is started here.
    func command(_ server: MCPServer) throws(AmxError) -> ServerCommand {
        try ServerCommand(server, folder: folder, interpreters: interpreters, settings: settings)
    }
}
