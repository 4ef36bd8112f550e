package import Objects

/// Three versions of one file merged by what the file is.
package struct FileMerge: Sendable {
    /// What could not be decided in a file.
    package struct Conflict: Sendable, Hashable {
        /// How the file was merged.
        package enum Kind: String, Sendable, Hashable {
            /// By line: the content has markers.
            case text
            /// By key.
            case json
            case yaml
            /// By row.
            case rows
            /// Not at all: the content is one side's.
            case binary
        }

        package let kind: Kind
        /// The places in a JSON or YAML document.
        package let values: [JSONConflict]
        /// The rows, counted from 0.
        package let rows: [Int]
        /// Whether the content lacks something of theirs that the places don't show, so that their file is kept beside.
        package let keepsTheirs: Bool

        init(_ kind: Kind, values: [JSONConflict] = [], rows: [Int] = [], keepsTheirs: Bool = false) {
            (self.kind, self.values, self.rows, self.keepsTheirs) = (kind, values, rows, keepsTheirs)
        }
    }

    /// The bytes of the result.
    package let content: [UInt8]
    /// What is left to decide; nil when all is.
    package let conflict: Conflict?

    private init(_ content: [UInt8], _ conflict: Conflict? = nil) {
        (self.content, self.conflict) = (content, conflict)
    }

    /// Merges two versions that differ; `base` is nil when both sides added the file.
    ///
    /// `favor` settles what conflicts, and nothing else, with one side. With `.base` that is the old content, and text keeps its markers,
    /// as it must be in a base that was merged itself.
    package init(
        _ kind: FileKind, base: [UInt8]?, ours: [UInt8], theirs: [UInt8], labels: MergeLabels,
        favor: MergeSide? = nil
    ) throws(AmxError) {
        let merge: FileMerge
        switch kind {
        case .json(let policy):
            if let strict = try Self.json(base, ours, theirs, policy, favor) {
                merge = strict
            } else {
                merge = try Self.unmarked(base, ours, theirs, favor, as: .json)
            }
        case .lock:
            if let byCapsule = try Self.lock(base, ours, theirs, favor) {
                merge = byCapsule
            } else {
                merge = try Self.unmarked(base, ours, theirs, favor, as: .json)
            }
        case .yaml(let policy): merge = try Self.yaml(base, ours, theirs, policy, labels, favor)
        case .rows(let format, let width):
            merge = try Self.rows(base, ours, theirs, format, width, labels, favor)
        case .other: merge = try Self.other(base, ours, theirs, labels, favor)
        }
        self = favor == nil ? merge : FileMerge(merge.content)
    }

    // MARK: By key

    /// Merges strict JSON; nil when one side is something else.
    private static func json(
        _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8], _ policy: JSONMergePolicy,
        _ favor: MergeSide?
    ) throws(AmxError) -> FileMerge? {
        let depth = Limits.standard.jsonDepth
        func parsed(_ bytes: [UInt8]) -> JSONValue? {
            try? JSONParser.parse(bytes, maximumDepth: depth)
        }
        guard let left = parsed(ours), let right = parsed(theirs) else { return nil }
        let merge = JSONMerge(
            base: base.flatMap(parsed), ours: left, theirs: right, policy: policy, favor: favor ?? .ours)
        let value = merge.value ?? left
        let content: [UInt8]
        if let text = try lines(base, ours, theirs), let read = parsed(text), read.matches(value) {
            content = text
        } else if left.matches(value) {
            content = ours
        } else {
            content = JSONLayout.bytes(value, ours: ours, theirs: theirs, maximumDepth: depth)
        }
        return FileMerge(
            content, merge.conflicts.isEmpty ? nil : Conflict(.json, values: merge.conflicts))
    }

    /// Merges `amx.lock`; nil when one side is something else.
    private static func lock(
        _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8], _ favor: MergeSide?
    ) throws(AmxError) -> FileMerge? {
        guard let left = try? WorkspaceLock.parse(ours), let right = try? WorkspaceLock.parse(theirs) else {
            return nil
        }
        let merge = try WorkspaceLockMerge(
            base: base.flatMap { try? WorkspaceLock.parse($0) }, ours: left, theirs: right, favor: favor ?? .ours)
        return FileMerge(
            merge.lock.encoded,
            merge.conflicts.isEmpty ? nil : Conflict(.json, values: merge.conflicts.map(\.value)))
    }

    /// The merge by line, where nothing conflicts.
    private static func lines(_ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8]) throws(AmxError)
        -> [UInt8]?
    {
        guard let base else { return nil }
        let merge = try TextMerge(
            base: base, ours: ours, theirs: theirs, labels: MergeLabels(ours: "", theirs: ""))
        return merge.isClean ? merge.content : nil
    }

    /// Merges a file of JSON that is not strict JSON by line, but never leaves markers in it.
    private static func unmarked(
        _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8], _ favor: MergeSide?,
        as kind: Conflict.Kind
    ) throws(AmxError) -> FileMerge {
        if let favor { return FileMerge(whole(base, ours, theirs, favor)) }
        if ![base ?? [], ours, theirs].contains(where: TextMerge.isBinary),
            let text = try lines(base, ours, theirs)
        {
            return FileMerge(text)
        }
        return FileMerge(ours, Conflict(kind, keepsTheirs: true))
    }

    private static func rows(
        _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8], _ format: RowFormat, _ width: Int?,
        _ labels: MergeLabels, _ favor: MergeSide?
    ) throws(AmxError) -> FileMerge {
        guard
            let merge = RowMerge(
                format, width: width, base: base, ours: ours, theirs: theirs, favor: favor ?? .ours)
        else {
            return format == .jsonLines
                ? try unmarked(base, ours, theirs, favor, as: .rows)
                : try other(base, ours, theirs, labels, favor)
        }
        guard !merge.conflicts.isEmpty else { return FileMerge(merge.content) }
        // Lines can be read where they stand; of numbers nobody could tell what theirs were.
        return FileMerge(
            merge.content, Conflict(.rows, rows: merge.conflicts, keepsTheirs: format != .jsonLines))
    }

    private static func yaml(
        _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8], _ policy: JSONMergePolicy,
        _ labels: MergeLabels,
        _ favor: MergeSide?
    ) throws(AmxError) -> FileMerge {
        guard ![base ?? [], ours, theirs].contains(where: TextMerge.isBinary),
            let merge = try YAMLMerge(
                base: base, ours: ours, theirs: theirs, policy: policy, favor: favor)
        else { return try other(base, ours, theirs, labels, favor) }
        if let content = merge.content { return FileMerge(content) }
        let text = try TextMerge(
            base: base ?? [], ours: ours, theirs: theirs, labels: labels, favor: favor)
        if favor != nil || !text.isClean {
            return FileMerge(text.content, Conflict(.text, values: merge.conflicts))
        }
        // The lines fit together and yet mean something else, or both changed one value on different lines.
        return FileMerge(ours, Conflict(.yaml, values: merge.conflicts, keepsTheirs: true))
    }

    // MARK: Text and all else

    private static func other(
        _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8], _ labels: MergeLabels, _ favor: MergeSide?
    ) throws(AmxError) -> FileMerge {
        guard ![base ?? [], ours, theirs].contains(where: TextMerge.isBinary) else {
            return favor.map { FileMerge(whole(base, ours, theirs, $0)) }
                ?? FileMerge(ours, Conflict(.binary, keepsTheirs: true))
        }
        let merge = try TextMerge(
            base: base ?? [], ours: ours, theirs: theirs, labels: labels, favor: favor)
        return FileMerge(merge.content, merge.isClean ? nil : Conflict(.text))
    }

    private static func whole(
        _ base: [UInt8]?, _ ours: [UInt8], _ theirs: [UInt8], _ favor: MergeSide
    ) -> [UInt8] {
        switch favor {
        case .base: base ?? ours
        case .ours: ours
        case .theirs: theirs
        }
    }
}
