import ArgumentParser
import Capsules
import HubServer
import Objects

/// `amx-hub policy revoke`.
struct PolicyRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take no signature of a key any more, or take it again.",
        discussion: """
            Releases with a signature of the key are refused, whatever else is required. --undo takes the key off the list again.

            Example:
              amx-hub policy revoke ada.pub --data /srv/amx
            """)

    @Argument(help: ArgumentHelp("The key; a fingerprint of one that is listed.", valueName: "file|key|fingerprint"))
    var key: [String]
    @Flag(help: "Take it off the list of revoked keys.") var undo = false
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let fingerprint: String
        let revoked: Bool
        let changed: Bool
    }

    func run() async throws {
        let (scope, folder) = try await scope.rules(data)
        let given = key.joined(separator: " ")
        let fingerprint: String
        let isChanged: Bool
        if undo {
            fingerprint = given.hasPrefix("SHA256:") ? given : try PublicKey(given: given).fingerprint
            isChanged = try folder.revokedKeys.remove(fingerprint)
            guard isChanged else {
                throw AmxError(
                    .notFound, "the key \(TreeRules.printable(fingerprint.utf8)) is not revoked (\(scope))",
                    hint: "`amx-hub policy list` shows the revoked keys")
            }
        } else {
            let key = try given.hasPrefix("SHA256:") ? listed(given) : PublicKey(given: given)
            fingerprint = key.fingerprint
            isChanged = try folder.revokedKeys.add(key)
        }
        guard !json.isOn else {
            return try Terminal.printJSON(Result(fingerprint: fingerprint, revoked: !undo, changed: isChanged))
        }
        let verb = undo ? "counts again" : isChanged ? "is revoked" : "was revoked already"
        Terminal.printLine("\(fingerprint) \(verb) (\(scope)).")
    }

    /// The key of a fingerprint, among those that may sign anywhere on the hub.
    private func listed(_ fingerprint: String) throws -> PublicKey {
        let rules = SigningRules(try data.directory())
        for scope in try rules.scopes() {
            var signers = AllowedSigners()
            try rules.folder(scope).add(to: &signers)
            if let entry = signers.entries.first(where: { $0.signer.key.fingerprint == fingerprint }) {
                return entry.signer.key
            }
        }
        throw AmxError(
            .notFound, "no key \(TreeRules.printable(fingerprint.utf8)) may sign on this hub",
            hint: "give the key itself: a .pub file, or its text")
    }
}
