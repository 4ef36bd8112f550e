import ArgumentParser
import Capsules
import HubClient
import Objects
import Versions
import Workspaces

/// `amx yank`.
struct Yank: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "yank", abstract: "Withdraw a release on a hub: it is no longer chosen, but stays.",
        usage: "amx yank <id@version> [<remote>] [--reason <text>]\namx yank <id@version> [<remote>] --undo",
        discussion: """
            Nobody who resolves anew gets a yanked release; workspaces that have locked it keep it, and it can be fetched as before. \
            --undo takes it back. It takes a token with the right write. Only hubs keep which releases are yanked.

            Example:
              amx yank customer-service@1.2.0 --reason "loses refunds"
              amx yank customer-service@1.2.0 --undo
            """)

    @Argument(
        help: ArgumentHelp("The release; in a capsule's directory, @ and the version will do.", valueName: "id@version")
    )
    var release: String
    @Argument(help: "The remote, by default origin.") var remote: String?
    @Option(help: ArgumentHelp("Why, in one line; everybody who may read the capsule sees it.", valueName: "text"))
    var reason: String?
    @Flag(help: "Let it be chosen again.") var undo = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !undo || reason == nil else { throw ValidationError("--undo and --reason exclude each other") }
    }

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let place = try Place()
        let (id, version) = try Self.release(release, place)
        let remote = try remote.map(place.workspace.remote) ?? place.workspace.defaultRemote()
        let leg = try TransferLeg(remote, .push)
        let request = try YankRequest(id, version, at: leg.place)
        let session = try HTTPSession(settings: HTTPSession.Settings { Environment[$0] })
        let credentials = try leg.credentials ?? CredentialSource { Environment[$0] }
        let outcome =
            try undo
            ? request.undo(session: session, credentials: credentials)
            : request.yank(reason: reason, session: session, credentials: credentials)
        try output.confirm(
            json: [
                "id": .string(id.string), "version": .string(version.text), "remote": .string(remote.name),
                "url": .string(leg.place.description), "yanked": .bool(outcome.yank != nil),
                "reason": .optional(outcome.yank?.reason),
                "yankedAt": .optional(outcome.yank.map { UTCTime.text($0.time) }), "changed": .bool(outcome.changed),
            ]
        ) { _ in
            let what = "\(id) \(version)"
            guard let yank = outcome.yank else {
                return outcome.changed
                    ? "\(what) is no longer yanked on \(remote.name)" : "\(what) is not yanked on \(remote.name)"
            }
            let why = yank.reason.map { ": \($0)" } ?? ""
            return outcome.changed
                ? "Yanked \(what) on \(remote.name)\(why)" : "\(what) is yanked already on \(remote.name)\(why)"
        }
    }

    /// The capsule and version of `ID@VERSION`, or of `@VERSION` in a capsule's directory; a `v` before the version is passed over.
    private static func release(_ text: String, _ place: Place) throws(AmxError) -> (CapsuleID, SemanticVersion) {
        guard let at = text.firstIndex(of: "@") else {
            throw AmxError(
                .usage, "'\(text)' names no release", hint: "write it as customer-service@1.2.0")
        }
        let id = try place.id(at == text.startIndex ? nil : String(text[..<at]))
        let name = text[text.index(after: at)...]
        guard let version = SemanticVersion(String(name.hasPrefix("v") ? name.dropFirst() : name)) else {
            throw AmxError(
                .usage, "'\(name)' is not a version", hint: "write it in full, such as \(id)@1.2.0")
        }
        return (id, version)
    }
}
