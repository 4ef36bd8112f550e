import Capsules
import Objects
package import Versions

/// Remembers which optional requirements a choice of versions has left out: `.aimatrix/cache/left-out`.
///
/// The lock names what was chosen only. Without this memory every plan over what is here would have to ask the places anew for what
/// they did not have. It counts for the bytes of `amx.json`, `amx.lock` and the configuration that it was made with: `amx update` looks
/// again. Derived: it can be deleted at will, and one that is damaged says nothing.
package struct LeftOutRequirements {
    private static let mark = Array("amx left out 1\n".utf8)
    private static let byteLimit = 16 << 20

    private let workspace: Workspace
    private var path: String { "\(workspace.cacheDirectory)/left-out" }

    /// Names the memory of a workspace.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// Whether all of these were left out when somebody looked for them.
    package func contains(_ dropped: [DroppedOptional]) -> Bool {
        guard !dropped.isEmpty else { return true }
        guard let key = workspace.choiceInputs()?.finish(),
            let bytes = try? FileContent.read(path, limit: Self.byteLimit),
            bytes.starts(with: Self.mark + key.bytes)
        else { return false }
        let known = bytes.dropFirst(Self.mark.count + key.bytes.count)
        let size = SHA256Digest.byteCount
        let digests = Set(
            stride(from: known.startIndex, to: known.endIndex, by: size).map { Array(known[$0...].prefix(size)) })
        return dropped.allSatisfy { digests.contains(Self.digest($0)) }
    }

    /// Remembers what was left out of what `amx.json` and `amx.lock` say now. A failure is none: the next look takes longer.
    package func remember(_ dropped: [DroppedOptional]) {
        guard !dropped.isEmpty, !contains(dropped), let key = workspace.choiceInputs()?.finish() else { return }
        try? Directory.create(workspace.cacheDirectory)
        try? AtomicFile.write(Self.mark + key.bytes + dropped.flatMap(Self.digest), to: path)
    }

    /// Who wants what: not from where, which is known only once somebody was asked.
    private static func digest(_ dropped: DroppedOptional) -> [UInt8] {
        let requirement = dropped.requirement
        let parts = [
            dropped.dependent.map { "\($0)" } ?? "", "\(requirement.package)", requirement.kind.rawValue,
            "\(requirement.accepted)",
        ]
        return SHA256Hasher.hash(of: Array(parts.joined(separator: "\n").utf8)).bytes
    }
}
