package import Capsules
import Glibc
package import Objects

/// The copies of `.kc` files from elsewhere that capsules were installed from (``FileSource/keptFolder``): which of them nothing needs any
/// more.
///
/// A copy's time of change says when it was made, or last found to be needed. Source: `docs/lifecycle.md`, "Copies of files".
package struct FileCopies {
    private static let signatureEnding = ".sig"
    /// How many digits of the content's digest a copy's name has.
    private static let digestDigits = 16
    private let workspace: Workspace
    private var folder: String { "\(workspace.root)/\(FileSource.keptFolder)" }

    /// Names the copies of a workspace.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// Says that a copy is needed now; one that was removed meanwhile is none.
    package func confirm(_ name: String) { _ = utimensat(AT_FDCWD, "\(folder)/\(name)", nil, AT_SYMLINK_NOFOLLOW) }

    /// Removes those that are old enough and that nothing names, and returns their names; the caller holds the workspace's lock, and no
    /// operation waits to be ended.
    ///
    /// `.failure` for settings of retention that cannot be read. Cut off in between, a signature may be left, which goes with the next call.
    @discardableResult
    package func removeUnnamed(at now: EventTime = .now()) throws(AmxError) -> [String] {
        guard Directory.isDirectory(folder) else { return [] }
        let grace = try workspace.days(of: .grace)
        let limit = now.adding(days: -grace)
        var old: Set<String> = []
        for bytes in try Directory.names(in: folder) {
            let name = String(decoding: bytes, as: UTF8.self)
            guard let copy = Self.copy(of: name) else { continue }
            // A copy and its signature go together, when the younger of them is old.
            let times = [copy, copy + Self.signatureEnding].compactMap(changed)
            if let last = times.max(), last <= limit { old.insert(copy) }
        }
        let unnamed = try unnamed(old, since: now.adding(days: -grace - workspace.days(of: .backup)))
        for copy in old.subtracting(unnamed) { confirm(copy) }
        for copy in unnamed {
            for name in [copy, copy + Self.signatureEnding] where Directory.exists("\(folder)/\(name)") {
                try Directory.remove("\(folder)/\(name)")
            }
        }
        return unnamed.sorted()
    }

    /// The copy that a file is, or that it is the signature of; nil for what Amx does not name so.
    private static func copy(of name: String) -> String? {
        let copy = name.hasSuffix(signatureEnding) ? String(name.dropLast(signatureEnding.count)) : name
        guard copy.hasSuffix(".kc"), let hyphen = copy.utf8.lastIndex(of: UInt8(ascii: "-")) else { return nil }
        let digest = copy.utf8[copy.utf8.index(after: hyphen)...].dropLast(3)
        let isDigest = digest.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isDigest, digest.count == digestDigits, (try? CapsuleID(String(copy[..<hyphen]))) != nil else {
            return nil
        }
        return copy
    }

    /// What the copy of a capsule's file is called.
    package static func name(_ id: CapsuleID, _ digest: ContentDigest) -> String {
        "\(id)-\(digest.sha256.hex.prefix(digestDigits)).kc"
    }

    /// When a regular file was changed; nil for what is none.
    private func changed(_ name: String) -> EventTime? {
        var status = stat()
        guard lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let (microseconds, isTooMuch) = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000)
        return isTooMuch ? nil : EventTime(microseconds: microseconds)
    }

    // MARK: What names them

    /// Those that neither the documents of now, nor those of a branch, nor an operation since a moment names.
    private func unnamed(_ copies: Set<String>, since begin: EventTime) throws(AmxError) -> Set<String> {
        var left = copies
        func drop(_ documents: Operation.Documents) {
            let texts = [documents.manifest, documents.lock].compactMap { $0 }
            // Whatever a document says of it, and whether or not it can be read.
            left = left.filter { copy in !texts.contains { $0.firstRange(of: Array(copy.utf8)) != nil } }
        }
        if !left.isEmpty { drop(try workspace.documents()) }
        guard !left.isEmpty, let repository = try workspace.filesRepository() else { return left }
        for ref in try repository.refs.snapshot().refs where !left.isEmpty && Self.hasDocuments(ref.name) {
            drop(try Operation.Documents(at: ref.commit, in: repository))
        }
        guard !left.isEmpty else { return left }
        _ = try OperationLog(workspace).list(limit: 1) { operation in
            // Clocks may have been set: one that is older says nothing of those before it.
            if operation.time >= begin {
                drop(operation.before)
                drop(operation.after)
            }
            return left.isEmpty
        }
        return left
    }

    /// Whether a reference of the workspace's repository leads to its files.
    private static func hasDocuments(_ name: RefName) -> Bool {
        name != .operations && ReplicaID(chain: name) == nil && ReplicaID(former: name) == nil
    }
}
