import Objects

/// Reads a tar archive from front to back and gives its files; everything else in it is checked and left out.
///
/// An archive of a file with an index, or of a bundle, must be in the one form that Amx writes, byte for byte; others may be in the v7, ustar,
/// pax or GNU form. An error names the file and the entry. Belongs to one thread at a time.
final class TarReader {
    /// One file of the archive.
    struct Entry {
        let path: TreePath
        let mode: FileMode
        let size: Int
        /// Where the byte after its header stands in the archive.
        let start: Int
    }

    private let input: ContainerInput
    private let source: any ArchiveSource
    private let isCanonical: Bool
    private let limits: Limits

    private var piece: [UInt8] = []
    private var used = 0
    private var position = 0

    /// The current file's bytes that were not read yet, its padding, and its name.
    private(set) var unread = 0
    private var padding = 0
    private var name: [UInt8] = []

    /// The folders that the archive lists.
    private(set) var folders: Set<TreePath> = []

    /// Starts at the archive's first byte; `isCanonical` asks for the form that Amx writes.
    init(_ source: any ArchiveSource, of input: ContainerInput, isCanonical: Bool, limits: Limits) {
        self.source = source
        self.input = input
        self.isCanonical = isCanonical
        self.limits = limits
    }

    /// The next file, or nil when the archive ended as it must. The file before it must have been read.
    func next() throws(AmxError) -> Entry? {
        var names = TarNames()
        var header: [UInt8] = []
        name = []
        while true {
            let block = try bytes(TarHeader.blockBytes)
            guard block.contains(where: { $0 != 0 }) else {
                guard names.isEmpty, header.isEmpty else {
                    throw malformed("its archive ends after a header that belongs to an entry")
                }
                try finish()
                return nil
            }
            if isCanonical { header += block }
            // What does not even start like an archive never was one.
            guard position > TarHeader.blockBytes || isCanonical || TarBlock.isSealed(block) else { throw noArchive }
            let fields = try parse(names.longName ?? TarBlock.nameForDisplay(block)) { () throws(TarDefect) in
                try TarBlock(block)
            }
            switch fields.type {
            case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
                let body = try extendedHeader(fields)
                if isCanonical { header += body + [UInt8](repeating: 0, count: TarHeader.padding(after: body.count)) }
                try parse(fields.name) { () throws(TarDefect) in try names.take(body, type: fields.type) }
            default:
                guard let entry = try entry(fields, names) else {
                    names = TarNames()
                    continue
                }
                if isCanonical { try checkForm(header, of: entry) }
                unread = entry.size
                padding = TarHeader.padding(after: entry.size)
                return entry
            }
        }
    }

    private func checkForm(_ header: [UInt8], of entry: Entry) throws(AmxError) {
        guard header == TarHeader.bytes(path: entry.path.bytes, mode: entry.mode, size: entry.size) else {
            throw input.damage("the header of '\(entry.path)' is not in the form that Amx writes")
        }
    }

    /// Gives the current file's content, in pieces, and goes to its end.
    func content(_ sink: ContentSink) throws(AmxError) {
        while unread > 0 {
            let piece = try take(atMost: unread)
            unread -= piece.count
            try piece.withUnsafeBufferPointer { buffer throws(AmxError) in try sink(UnsafeRawBufferPointer(buffer)) }
        }
        try skipPadding()
    }

    /// An error about the entry that is being read.
    func failure(_ reason: String, _ kind: TarDefect.Kind = .form) -> AmxError {
        let reason = "entry '\(TreeRules.printable(name))': \(reason)"
        return switch kind {
        case .content: input.failure(reason, hint: ArchiveAdvice.plainFiles)
        case .damage: input.damage(reason)
        case .form: malformed(reason)
        }
    }

    /// An error about the archive's form: other programs may write another, a file with an index has but one.
    private func malformed(_ reason: String) -> AmxError {
        isCanonical ? input.damage(reason) : input.failure(reason, hint: ArchiveAdvice.makeAgain)
    }

    private var noArchive: AmxError {
        input.failure("what it holds is no tar archive", hint: ArchiveAdvice.makeAgain)
    }

    private func parse<Value>(_ name: [UInt8], _ body: () throws(TarDefect) -> Value) throws(AmxError) -> Value {
        self.name = name
        do throws(TarDefect) { return try body() } catch { throw failure(error.reason, error.kind) }
    }

    /// The file that a header stands for, or nil for a folder.
    private func entry(_ fields: TarBlock, _ names: TarNames) throws(AmxError) -> Entry? {
        let (full, isFolder) = try parse(names.longName ?? fields.name) { () throws(TarDefect) in
            try names.resolve(fields)
        }
        name = full
        var path = full[...]
        if path.starts(with: Array("./".utf8)) { path = path.dropFirst(2) }
        if isFolder {
            guard !isCanonical else { throw input.damage("it has a folder, which no file that Amx writes has") }
            if path.last == UInt8(ascii: "/") { path = path.dropLast() }
            if path.isEmpty || path.elementsEqual([UInt8(ascii: ".")]) { return nil }
            guard folders.count < limits.entries else {
                throw input.over(.entries, of: limits, "it lists more folders than a capsule may have files")
            }
            folders.insert(try treePath(path))
            return nil
        }
        let mode = FileMode(permissions: fields.permissions)
        return Entry(path: try treePath(path), mode: mode, size: fields.size, start: position)
    }

    private func treePath(_ bytes: ArraySlice<UInt8>) throws(AmxError) -> TreePath {
        do throws(AmxError) { return try TreePath(bytes: bytes) } catch { throw input.naming(error) }
    }

    /// The body of a pax header or long name.
    private func extendedHeader(_ fields: TarBlock) throws(AmxError) -> [UInt8] {
        guard fields.size <= ContainerFormat.extendedHeaderBytes else {
            throw failure("its extended header has more than \(ContainerFormat.extendedHeaderBytes) bytes")
        }
        let body = try bytes(fields.size)
        padding = TarHeader.padding(after: fields.size)
        try skipPadding()
        return body
    }

    private func skipPadding() throws(AmxError) {
        let count = padding
        padding = 0
        guard try bytes(count).allSatisfy({ $0 == 0 }) else { throw failure("its padding is not zero") }
    }

    /// Checks what stands at the end, after the first block of zeros.
    private func finish() throws(AmxError) {
        guard try bytes(TarHeader.blockBytes).allSatisfy({ $0 == 0 }) else {
            throw malformed("it has data after the end of its archive")
        }
        while true {
            let rest = piece[used...]
            guard rest.allSatisfy({ $0 == 0 }), rest.isEmpty || !isCanonical else {
                throw malformed("it has data after the end of its archive")
            }
            guard let next = try source.next() else { return }
            (piece, used) = (next, 0)
        }
    }

    private func bytes(_ count: Int) throws(AmxError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count { bytes += try take(atMost: count - bytes.count) }
        return bytes
    }

    /// At least one byte and at most `count` of the archive.
    private func take(atMost count: Int) throws(AmxError) -> ArraySlice<UInt8> {
        while used == piece.count {
            guard let next = try source.next() else {
                guard position >= TarHeader.blockBytes || isCanonical else { throw noArchive }
                throw input.damage("its archive is cut short: the end is missing")
            }
            (piece, used) = (next, 0)
        }
        let taken = piece[used...].prefix(count)
        used += taken.count
        position += taken.count
        return taken
    }
}
