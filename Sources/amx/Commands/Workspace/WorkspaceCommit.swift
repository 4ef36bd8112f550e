import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace commit`.
struct WorkspaceCommit: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit", abstract: "Record the changes of the workspace alone.",
        discussion: """
            The workspace's own files, with an amx.lock that names the capsules' last commits; uncommitted changes of capsules stay as \
            they are. A merge that was resolved is concluded, by default with its own message.

            Example:
              amx workspace commit -m "Say how fast we answer"
            """)

    @Option(name: .shortAndLong, help: "What changed, and why.") var message: String?
    @OptionGroup var signing: SigningOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let message, message.allSatisfy(\.isWhitespace) { throw ValidationError("The message is empty") }
    }

    func run(_ output: Output) throws {
        // Only a merge has a message of its own.
        guard let text = message ?? (try? Place().workspace.files().mergeState()?.message) else {
            throw ValidationError("Missing expected argument '--message <message>'")
        }
        let workspace = try Place().workspace
        var made: WorkspaceCommitResult?
        try workspace.write { () throws(AmxError) in
            try workspace.files().checkMergeResolved()
            guard let files = try Commit.changedFiles(of: workspace) else { return }
            let identity = try signing.identity(of: workspace) { (settings) throws(AmxError) in
                try settings.signsCommits()
            }
            made = try workspace.commit([], files: files, message: text, identity: identity)
        }
        let warnings = made?.warnings ?? []
        for warning in warnings {
            try output.warn("\(warning.file):\(warning.line): \(warning.summary)", isInResult: true)
        }
        let (moved, departed) = (made?.moved ?? [], made?.departed ?? [])
        try output.confirm(
            json: [
                "workspace": made?.files.map { Commit.json($0, warnings) } ?? .null, "moved": .array(moved.map(\.json)),
                "removed": .strings(departed.map(\.string)),
            ]
        ) { _ in
            guard let commit = made?.files else { return "Nothing to commit" }
            let lines = moved.map(\.line) + departed.map(MovedCapsule.departureLine)
            return ([Commit.line(commit, "the workspace")] + lines).joined(separator: "\n")
        }
    }
}
