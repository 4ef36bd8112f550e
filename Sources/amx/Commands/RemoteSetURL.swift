import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx remote set-url`.
struct RemoteSetURL: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-url", abstract: "Change a remote's address or settings.",
        discussion: """
            With --push, only pushes go to the address, and everything else comes from where it was: from a mirror, for example. \
            An empty address takes that back.

            Example:
              amx remote set-url origin https://hub.example/acme
              amx remote set-url origin https://hub.example/acme --push
              amx remote set-url upstream --no-releases
            """)

    @Argument(help: "The remote's name.") var name: String
    @Argument(help: "The new address.") var url: String?
    @Flag(help: "Change the address for pushes only.") var push = false
    @OptionGroup var settings: RemoteSettings
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = try Place().workspace
        guard url != nil || settings.releases != nil || settings.prune != nil else {
            throw AmxError(.usage, "there is nothing to change", hint: "give an address or a setting")
        }
        if push, url == nil { throw AmxError(.usage, "--push needs an address", hint: "give the address for pushes") }
        var remote = settings.applied(to: try workspace.remote(name))
        if push, url == "" {
            remote.pushURL = nil
        } else if let url {
            let address = try RemoteURL(parsing: url, relativeTo: WorkingDirectory.path()).text
            if push { remote.pushURL = address } else { remote.url = address }
        }
        try workspace.write { () throws(AmxError) in try workspace.updateRemote(remote) }
        try output.confirm(json: Remote.json(workspace.remotes())) { _ in
            "Changed remote \(name): \(remote.url)\(remote.pushURL.map { ", pushes to \($0)" } ?? "")"
        }
    }
}
