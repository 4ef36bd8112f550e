package import Objects

/// The tar archive of a bundle, which has been read once from its first byte to its last: its members, and where they stand.
///
/// Members are checked by themselves only: their form, names, sizes. Calls block.
package struct BundleArchive: Sendable {
    /// One member.
    package struct Member: Sendable, Hashable {
        /// What was found of it.
        package let file: BundledFile
        /// Where its bytes stand in the bundle.
        package let region: Range<Int>
    }

    /// The bundle's path, as it was given.
    package let path: String
    /// The bundle's size in bytes.
    package let size: Int
    /// The members, in their order.
    package let members: [Member]
    private let input: ContainerInput

    /// Reads all of a file.
    ///
    /// `.failure` for what is no bundle, has other than regular files, names that break the tree rules, or passes a limit; `.verification`
    /// for one that was damaged, or is in another form than Amx writes.
    package init(_ path: String, limits: Limits = .standard) throws(AmxError) {
        let input = try ContainerInput(path)
        guard try Self.isBundle(input) else {
            throw input.failure("it is no bundle", hint: "`amx bundle` makes one")
        }
        let tar = TarReader(WholeFileSource(input), of: input, isCanonical: true, limits: limits)
        var members: [Member] = []
        while let entry = try tar.next() {
            guard entry.size <= limits.bundleMemberBytes else {
                throw input.over(.bundleMemberBytes, of: limits, "\(entry.path) has \(entry.size) bytes")
            }
            guard entry.mode == .regular else {
                throw input.damage("\(entry.path) is executable, which no member of a bundle is")
            }
            guard members.count / 2 <= limits.resolutionCapsules + 1 else {
                throw input.over(.resolutionCapsules, of: limits, "it has too many members")
            }
            let hasher = SHA256Hasher()
            try tar.content { hasher.update($0) }
            members.append(
                Member(
                    file: BundledFile(entry.path.string, size: entry.size, sha256: hasher.finish()),
                    region: entry.start..<entry.start + entry.size))
        }
        var paths: [TreePath] = []
        for member in members { paths.append(try TreePath(member.file.file)) }
        // How many there may be has been asked above.
        var unbounded = limits
        unbounded.entries = .max
        do throws(AmxError) {
            try TreeRules.check(sorted: paths.sorted(), limits: unbounded)
        } catch {
            throw input.naming(error)
        }
        (self.path, self.size, self.input, self.members) = (path, input.size, input, members)
    }

    /// The bytes of a member.
    package func bytes(of member: Member) throws(AmxError) -> [UInt8] { try input.bytes(member.region) }

    /// Gives a member's bytes piece by piece.
    package func read(_ member: Member, _ sink: ContentSink) throws(AmxError) {
        var position = member.region.lowerBound
        while position < member.region.upperBound {
            let piece = try input.bytes(position..<min(position + WholeFileSource.pieceBytes, member.region.upperBound))
            position += piece.count
            try piece.span.withUnsafeBytes { bytes throws(AmxError) in try sink(bytes) }
        }
    }

    /// A member as the `.kc` file that it is.
    package func container(_ member: Member, limits: Limits = .standard) throws(AmxError) -> ContainerReader {
        try ContainerReader(path, FilePart(member.file.file, member.region), limits: limits)
    }

    /// Whether a file starts as every bundle does.
    private static func isBundle(_ input: ContainerInput) throws(AmxError) -> Bool {
        guard input.size >= TarHeader.blockBytes else { return false }
        let block = try input.bytes(0..<TarHeader.blockBytes)
        return TarBlock.nameForDisplay(block).elementsEqual(BundleFormat.manifestName.utf8)
    }
}

/// A whole file as the archive that it is.
private final class WholeFileSource: ArchiveSource {
    static let pieceBytes = 1 << 17

    private let input: ContainerInput
    private var position = 0

    init(_ input: ContainerInput) { self.input = input }

    func next() throws(AmxError) -> [UInt8]? {
        guard position < input.size else { return nil }
        let piece = try input.bytes(position..<min(position + Self.pieceBytes, input.size))
        position += piece.count
        return piece
    }
}
