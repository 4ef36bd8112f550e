package import Capsules
import Objects
package import Versions

/// A version cannot be reached straight from the one that is here, but through others (row A-077). The cause of an error with exit status 6.
package struct UpdateDetour: Error, Sendable, Hashable {
    /// The capsule.
    package let capsule: CapsuleID
    /// The versions to go through, in their order; the last one is where it leads to.
    package let path: [SemanticVersion]

    /// The version to go to first.
    package var first: SemanticVersion? { path.count > 1 ? path.first : nil }

    /// The error as users see it, given the version that is here.
    func error(from old: SemanticVersion) -> AmxError {
        let stations = path.dropLast().map(\.text).joined(separator: ", ")
        return AmxError(
            .conflict,
            "\(capsule) cannot go from \(old.text) straight to \(path.last?.text ?? ""): it has to go through \(stations)",
            hint:
                "`amx update \(capsule)` does, where \(WorkspaceManifest.fileName) allows these; else go there first: "
                + "`amx add \(capsule)@=\(first?.text ?? "")`", cause: self)
    }
}

extension UpdateDetour: ErrorDetails {
    /// The way.
    package var details: JSONValue { ["id": .string(capsule.string), "through": .strings(path.map(\.text))] }
}
