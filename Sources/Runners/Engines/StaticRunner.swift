import Capsules
import Glibc
package import Isolation
package import Objects

/// What of a capsule nothing runs: context files, skills, commands (row S-110). It is loaded where they are there.
package final class StaticRunner: EngineRunner {
    private let folder: String
    private let paths: [TreePath]

    init(_ manifest: Manifest, in folder: String) {
        self.folder = folder
        paths = manifest.skills.map(\.file) + manifest.contextFiles.map(\.file) + manifest.commands.map(\.file)
    }

    package func run(
        _ run: EngineRun, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult {
        RunResult(.setupFailed, error: "\(run.handler) is nothing that runs")
    }

    package func load(_ limits: SandboxLimits, check: () throws(AmxError) -> Void) throws(AmxError) {
        for path in paths {
            var status = stat()
            guard lstat("\(folder)/\(path)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw AmxError(
                    .failure, "there is no file \(path)", hint: "put it there, or take it out of the manifest")
            }
        }
    }
}
