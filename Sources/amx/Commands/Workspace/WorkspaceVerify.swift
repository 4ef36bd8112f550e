import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace verify`.
struct WorkspaceVerify: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify the workspace's own history: files, digest, amx.lock, signatures.",
        discussion: """
            Looks at a commit of workspace.git: the rules of trees, amx.json, amx.lock and what it says of the capsules here, volumes, \
            libraries, the digest that the commit states, and its signature. Where policy.requireSigned names its branch, every \
            commit since the first one that a trusted key has signed must be signed so. Exit status 5 when anything differs.

            Example:
              amx workspace verify
              amx workspace verify main~1 --require-signed
            """)

    @Argument(help: ArgumentHelp("A branch, remote branch or commit; by default the current one.", valueName: "rev"))
    var revision: String?
    @Flag(help: "Fail unless an allowed key has signed the commit.") var requireSigned = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let result = try Place().workspace.files().verify(revision)
        try VerificationReport(results: [result], requiresSignatures: requireSigned).show(output)
    }
}
