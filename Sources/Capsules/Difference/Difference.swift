package import Objects

/// What differs between two contents of a capsule, in the order in which somebody who has to trust it should look: what widens
/// trust, version and dependencies, what breaks, then files.
///
/// Making one reads the manifests, changed schemas, and the files that may have been moved; all else is read by ``detail(of:)``.
package struct Difference {
    /// What the capsule may do and what is told of it; what widens trust comes first.
    package let trust: [TrustChange]
    /// How the version moved; nil when it did not.
    package let version: VersionChange?
    /// What the capsule needs.
    package let dependencies: [DependencyChange]
    /// What breaks those who use the capsule.
    package let breaking: [BreakingChange]
    /// The files, by path.
    package let files: [FileDifference]

    private let old: any ComparedContent
    private let new: any ComparedContent
    private let oldAssets: KnowledgeAssets?
    private let newAssets: KnowledgeAssets?

    /// JSON and YAML over this size is compared as text.
    private static let documentBytes = 4 << 20
    /// Text over this size, both sides together, is not compared by line.
    private static let textBytes = 16 << 20
    /// More changed schemas than these are not looked into for what breaks.
    private static let comparedSchemas = 500

    /// Compares two sides that differ in the given files.
    package init(
        from old: any ComparedContent, to new: any ComparedContent, changes: [ChangedFile], findsRenames: Bool = true
    ) throws(AmxError) {
        (self.old, self.new) = (old, new)
        let changes = findsRenames ? try RenameSearch.joining(changes, old, new) : changes
        let before = try Self.manifest(of: old)
        let after = try Self.manifest(of: new)
        (oldAssets, newAssets) = (before.parsed?.knowledgeAssets, after.parsed?.knowledgeAssets)

        var (earlier, later) = (FileClassifier(before.parsed), FileClassifier(after.parsed ?? before.parsed))
        files = changes.compactMap { change in
            guard let path = change.path else { return nil }
            let kind = change.to.map { later.classify($0) } ?? change.from.map { earlier.classify($0) }
            guard let kind else { return nil }
            return FileDifference(
                change: change, path: path, type: kind.type, scope: kind.scope,
                isReversible: change.from.map(old.isKept) ?? true)
        }

        let manifests = ManifestComparison(before.document ?? JSONObject(), after.document ?? JSONObject())
        version = manifests.version
        dependencies = manifests.dependencies
        var trust = manifests.trust
        for (side, name) in [(before, "before"), (after, "afterwards")] where side.isUnreadable {
            trust.append(
                TrustChange(
                    direction: .widens, kind: .manifest, subject: "the manifest \(name) cannot be read", path: .root,
                    old: nil, new: nil))
        }
        trust += Self.changedScripts(before.parsed, after.parsed, files)
        self.trust = ManifestComparison.sorted(trust)
        breaking = before.document == nil ? [] : manifests.breaking + (try Self.schemas(files, old, new))
    }

    // MARK: Manifests

    private struct Side {
        var document: JSONObject?
        var parsed: Manifest?
        var isUnreadable = false
    }

    private static func manifest(of content: any ComparedContent) throws(AmxError) -> Side {
        guard let file = content.manifest else { return Side() }
        guard try content.size(of: file) <= Limits.standard.manifestBytes else { return Side(isUnreadable: true) }
        let bytes = try content.bytes(of: file)
        guard let document = try? JSONParser.parse(bytes).object else { return Side(isUnreadable: true) }
        return Side(document: document, parsed: try? Manifest.parse(bytes))
    }

    /// Hooks that are named as before while their script is another.
    private static func changedScripts(
        _ old: Manifest?, _ new: Manifest?, _ files: [FileDifference]
    ) -> [TrustChange] {
        guard let old, let new else { return [] }
        let changed = Set(files.filter { !$0.isContentSame || $0.operation == .move }.map(\.path))
        return LifecycleHooks.Phase.allCases.compactMap { phase in
            guard let script = new.hooks.scripts[phase], old.hooks.scripts[phase] == script, changed.contains(script)
            else { return nil }
            let value = JSONValue.string(script.string)
            return TrustChange(
                direction: .alters, kind: .hook, subject: "\(phase.rawValue): its script differs",
                path: .root.key("hooks").key(phase.rawValue), old: value, new: value)
        }
    }

    private static func schemas(
        _ files: [FileDifference], _ old: any ComparedContent, _ new: any ComparedContent
    ) throws(AmxError) -> [BreakingChange] {
        var breaking: [BreakingChange] = []
        var left = comparedSchemas
        for file in files where file.type == .schema && !file.isContentSame && left > 0 {
            guard let from = file.change.from, let to = file.change.to, Document.Kind(of: to.path) == .json,
                try old.size(of: from) <= documentBytes, try new.size(of: to) <= documentBytes
            else { continue }
            left -= 1
            let (left, right) = (try old.bytes(of: from), try new.bytes(of: to))
            guard let before = Document(left, .json), let after = Document(right, .json) else { continue }
            breaking += SchemaComparison(before.value, after.value).tightened.map {
                BreakingChange(rule: .schemaTightened, subject: "\(to.path.string): \($0)")
            }
        }
        return breaking
    }

    // MARK: Files

    /// What differs within a file. Reads both sides of it.
    package func detail(of file: FileDifference) throws(AmxError) -> FileDetail {
        let (from, to) = (file.change.from, file.change.to)
        var left: [UInt8] = []
        var right: [UInt8] = []
        if let from { left = try old.bytes(of: from) }
        if let to { right = file.isContentSame ? left : try new.bytes(of: to) }
        let found = try form(file, left, right)
        let digest = from.map { _ in SHA256Hasher.hash(of: left) }
        return FileDetail(
            form: found.form, note: found.note, oldDigest: digest,
            newDigest: file.isContentSame ? digest : to.map { _ in SHA256Hasher.hash(of: right) })
    }

    private func form(
        _ file: FileDifference, _ left: [UInt8], _ right: [UInt8]
    ) throws(AmxError) -> (form: FileDetail.Form, note: String?) {
        guard !file.isContentSame else { return (.same, nil) }
        let (from, to) = (file.change.from, file.change.to)
        let size = left.count + right.count
        var note: String?
        if RowFormat(of: file.path) != nil {
            do throws(RowDefect) {
                return (try rows(from, left, to, right), nil)
            } catch {
                note = "not compared by rows: \(error.reason)"
            }
        }
        if from != nil, to != nil, let kind = Document.Kind(of: file.path), size <= Self.documentBytes {
            if let before = Document(left, kind), let after = Document(right, kind) {
                let difference = JSONDifference(before.value, after.value)
                // In YAML the same values may mean something else, for example without their quotes.
                if difference.count > 0 || kind == .json { return (.values(difference), nil) }
            } else {
                note = "not compared by values: it is not valid \(kind == .json ? "JSON" : "YAML, or more than data")"
            }
        }
        guard size <= Self.textBytes else { return (.binary, note ?? "too large to compare by line") }
        let diff = try left.span.withUnsafeBytes { left throws(AmxError) in
            try right.span.withUnsafeBytes { right throws(AmxError) in try TextDiff(old: left, new: right) }
        }
        return (diff.isBinary ? .binary : .lines(diff), note)
    }

    private func rows(
        _ from: FileEntry?, _ left: [UInt8], _ to: FileEntry?, _ right: [UInt8]
    ) throws(RowDefect) -> FileDetail.Form {
        // A width that only one side declares is the other's too: it was added, or left out, not changed.
        func width(_ path: TreePath, _ first: KnowledgeAssets?, _ second: KnowledgeAssets?) -> Int? {
            first?.dimensions(of: path) ?? second?.dimensions(of: path)
        }
        var before: RowMatrix?
        var after: RowMatrix?
        if let from { before = try RowMatrix(from.path, bytes: left, width: width(from.path, oldAssets, newAssets)) }
        if let to { after = try RowMatrix(to.path, bytes: right, width: width(to.path, newAssets, oldAssets)) }
        if let before, let after { return .rows(RowComparison(before, after)) }
        let only = before ?? after
        return .rowCount(only?.count ?? 0, width: only?.width)
    }
}
