package import Capsules
package import Objects
import Versions

/// What has been approved in a workspace, and which hooks wait: `.aimatrix/approvals.json`.
///
/// A value that is read and written whole; whoever changes it holds the workspace's lock. The file never travels, and only its
/// owner may read it. Source: `docs/lifecycle.md`, "Approvals".
package struct Approvals: Sendable, Hashable {
    /// How many approvals of one capsule are kept, the newest ones.
    static let kept = 16
    /// Only its owner may read the file.
    static let mode: UInt32 = 0o600
    private static let schema: Int64 = 1
    static let byteLimit = 256 << 20
    // What is granted lies four levels below the root, and a manifest may be as deep as its limit can be set.
    static let depth = 520

    private let path: String
    /// By capsule, then in the order in which they were recorded.
    package private(set) var approvals: [Approval] = []
    /// The hooks that wait, by capsule, then in the order of the phases.
    package private(set) var pendingHooks: [PendingHook] = []

    /// Reads them; none where there is no file. `.verification` when it is damaged.
    package init(_ workspace: Workspace) throws(AmxError) {
        path = workspace.approvalsPath
        guard let bytes = try FileContent.read(path, limit: Self.byteLimit) else { return }
        guard let object = try? JSONParser.parse(bytes, maximumDepth: Self.depth).object else { throw damaged() }
        guard object["schema"] == .integer(Self.schema) else {
            throw AmxError(
                .verification, "\(path) is of a form that this version of Amx does not know",
                hint: "update Amx, or remove the file: then everything asks for its approval again")
        }
        for value in object["approvals"]?.array ?? [] {
            guard let approval = Approval(value) else { throw damaged() }
            approvals.append(approval)
        }
        for value in object["pendingHooks"]?.array ?? [] {
            guard let hook = PendingHook(value) else { throw damaged() }
            pendingHooks.append(hook)
        }
    }

    /// The approval of a capsule's exact content.
    package subscript(capsule: CapsuleID, digest: ContentDigest) -> Approval? {
        approvals.last { $0.capsule == capsule && $0.digest == digest }
    }

    /// What has to be approved before a capsule goes from what is installed, if anything is, to other content; nil for nothing.
    package func demand(
        of manifest: Manifest, digest: ContentDigest, installed: ContentDigest?
    ) -> ApprovalDemand? {
        if self[manifest.id, digest] != nil { return nil }
        // The same version with other content is found whatever is installed.
        let same = approvals.last {
            $0.capsule == manifest.id && $0.version.text.utf8.elementsEqual(manifest.version.text.utf8)
        }
        return ApprovalDemand(
            of: manifest, digest: digest, after: same ?? installed.flatMap { self[manifest.id, $0] })
    }

    /// Takes an approval in, in place of one of the same content.
    ///
    /// Also what needed none is recorded, or a later version would be measured against an earlier one that asked for more.
    package mutating func record(_ approval: Approval) {
        approvals.removeAll { $0.capsule == approval.capsule && $0.digest == approval.digest }
        let own = approvals.filter { $0.capsule == approval.capsule } + [approval]
        approvals.removeAll { $0.capsule == approval.capsule }
        approvals += own.suffix(Self.kept)
    }

    /// Takes in the hooks that wait because of what has happened to a capsule, in place of those that waited before.
    package mutating func record(_ hooks: [PendingHook], of capsule: CapsuleID) {
        pendingHooks.removeAll { $0.capsule == capsule }
        pendingHooks += hooks.filter { $0.capsule == capsule }
    }

    /// Forgets what was approved of a capsule that is gone for good, and what waits of it.
    package mutating func forget(_ capsule: CapsuleID) {
        approvals.removeAll { $0.capsule == capsule }
        pendingHooks.removeAll { $0.capsule == capsule }
    }

    /// Writes the file, durably and at once, with mode 0600.
    package func write() throws(AmxError) { try AtomicFile.write(encoded, to: path, mode: Self.mode) }

    /// The file's bytes: canonical, so that equal approvals are equal bytes.
    package var encoded: [UInt8] {
        let hooks = Array(pendingHooks.enumerated()).sorted {
            $0.element.capsule == $1.element.capsule
                ? $0.offset < $1.offset : $0.element.capsule < $1.element.capsule
        }
        let sorted = Array(approvals.enumerated()).sorted {
            $0.element.capsule == $1.element.capsule
                ? $0.offset < $1.offset : $0.element.capsule < $1.element.capsule
        }
        return JSONWriter.bytes(
            [
                "approvals": .array(sorted.map(\.element.json)),
                "pendingHooks": .array(hooks.map(\.element.json)), "schema": .integer(Self.schema),
            ], .canonicalPretty)
    }

    private func damaged() -> AmxError {
        AmxError(
            .verification, "\(path) is damaged",
            hint: "restore it from a backup, or remove it: then everything asks for its approval again")
    }
}

extension Workspace {
    /// The file of what has been approved here.
    package var approvalsPath: String { "\(metadata)/approvals.json" }

    /// What has been approved here.
    package func approvals() throws(AmxError) -> Approvals { try Approvals(self) }
}
