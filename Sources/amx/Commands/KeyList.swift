import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx key list`.
struct KeyList: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys that can sign.",
        discussion: """
            The configured key, those that `amx key new` made, and those that your ssh-agent holds. A star marks the one that \
            signs.

            Example:
              amx key list
            """)

    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let keys = try SigningKeys.all((try? Place())?.workspace)
        try output.show(json: ["keys": .array(keys.map(\.json))]) { _ in
            guard !keys.isEmpty else { return "There is no key: make one with `amx key new`" }
            var table = Table()
            for key in keys {
                table.add(
                    key.isConfigured ? "*" : " ", key.publicKey?.fingerprint ?? "(its public key is not at hand)",
                    key.publicKey?.type ?? "", key.source.rawValue, key.path.map(WorkingDirectory.shown) ?? "")
            }
            return table.text()
        }
    }
}

extension SigningKeys.Entry {
    /// The key, for `--json`.
    var json: JSONValue {
        [
            "source": .string(source.rawValue), "path": .optional(path), "type": .optional(publicKey?.type),
            "fingerprint": .optional(publicKey?.fingerprint), "publicKey": .optional(publicKey?.line),
            "configured": .bool(isConfigured),
        ]
    }
}
