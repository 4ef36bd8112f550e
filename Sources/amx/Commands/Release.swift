import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx release`.
struct Release: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Tag a capsule's last commit as the release of its version.",
        discussion: """
            The tag is v and the manifest's version. A release is written once: with the same content it is there already; with \
            other content it is refused, with exit status 6.

            Example:
              amx release customer-service -m "First release"
              amx release customer-service --sign
            """)

    @Argument(help: "The capsule.") var id: String?
    @Option(name: .shortAndLong, help: "What to say of the release.") var message: String?
    @OptionGroup var signing: SigningOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let capsule = try place.workspace.capsule(place.id(id))
        let identity = try signing.identity(of: place.workspace) { (settings) throws(AmxError) in
            try settings.signsReleases()
        }
        let (release, state) = try place.workspace.write { () throws(AmxError) in
            (try capsule.release(message: message, identity: identity), try capsule.status().state)
        }
        if !release.existed, !release.missingFields.isEmpty {
            try output.warn(
                "manifest.json of \(release.id) lacks \(release.missingFields.joined(separator: ", "))")
        }
        var event: Event?
        if !release.existed {
            do throws(AmxError) {
                event = try place.workspace.recordPublished(release, by: .current(place.workspace))
            } catch {
                try output.warn(
                    "\(release.id) \(release.version) is released, but the event was not recorded: \(error.message)")
            }
        }
        if state == .modified {
            try output.warn("\(release.id) has uncommitted changes, which are not part of the release")
        }
        try output.confirm(
            json: [
                "id": .string(release.id.string), "version": .string(release.version), "tag": .string(release.tag),
                "commit": .string(release.commit.hex), "digest": .string(release.digest.text),
                "existed": .bool(release.existed), "missingFields": .strings(release.missingFields),
                "signedBy": .optional(release.existed ? nil : identity.fingerprint), "event": .optional(event?.id),
            ]
        ) { _ in
            let what = "\(release.id) \(release.version)"
            return release.existed
                ? "\(what) is released already, with the same content (\(release.commit.abbreviated))"
                : "Released \(what): tag \(release.tag) at \(release.commit.abbreviated)"
        }
    }
}
