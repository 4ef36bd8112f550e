import Objects
import Versions

extension ReleaseTable {
    /// The file's bytes; nil for releases that a table does not hold: with a constraint that is longer when it is printed than constraints may be.
    var encoded: [UInt8]? {
        var writer = ReleaseTableWriter()
        for release in releases { writer.add(release) }
        guard !writer.hasFailed else { return nil }
        var bytes = Self.magic
        LittleEndian.append(UInt64(clamping: limits.manifestBytes), to: &bytes)
        LittleEndian.append(UInt64(clamping: limits.jsonDepth), to: &bytes)
        LittleEndian.append(UInt64(clamping: limits.objectBytes), to: &bytes)
        ReleaseTableWriter.append(id.string, to: &bytes)
        ReleaseTableWriter.append(count: stamp.map { $0.folders.count + 1 } ?? 0, to: &bytes)
        if let stamp {
            for folder in stamp.folders { ReleaseTableWriter.append(folder, to: &bytes) }
            ReleaseTableWriter.append(count: stamp.fields.count, to: &bytes)
            for field in stamp.fields { LittleEndian.append(field, to: &bytes) }
        }
        writer.finish(into: &bytes)
        TableCursor.finish(&bytes)
        return bytes.count <= Self.limit ? bytes : nil
    }
}

/// Gathers the sections of a table: ids, owners, constraints and lists of dependencies stand in it once, and releases refer to them by number.
private struct ReleaseTableWriter {
    /// Things of one kind, each once, in the order in which they came.
    private struct Section {
        private(set) var bytes: [UInt8] = []
        private var numbers: [[UInt8]: Int] = [:]

        var count: Int { numbers.count }

        mutating func number(of item: [UInt8]) -> Int {
            if let known = numbers[item] { return known }
            let number = numbers.count
            numbers[item] = number
            bytes += item
            return number
        }
    }

    private(set) var hasFailed = false
    private var ids = Section()
    private var owners = Section()
    private var constraints = Section()
    private var lists = Section()
    private var releases: [UInt8] = []
    private var releaseCount = 0

    mutating func add(_ release: Release) {
        Self.append(release.version.text, to: &releases)
        for id in [release.tag, release.commit, release.tree, release.manifest] { releases += id.bytes }
        let flags =
            (release.digest == nil ? 0 : ReleaseFlags.digest) | (release.problem == nil ? 0 : ReleaseFlags.problem)
            | (release.aimatrixVersion == nil ? 0 : ReleaseFlags.aimatrixVersion)
        releases.append(flags)
        if let digest = release.digest { releases += digest.sha256.bytes }
        if let problem = release.problem { Self.append(problem, to: &releases) }
        if let constraint = release.aimatrixVersion { Self.append(count: number(of: constraint), to: &releases) }
        Self.append(count: list(release.dependencies), to: &releases)
        releaseCount += 1
    }

    private mutating func list(_ dependencies: [Dependency]) -> Int {
        var bytes: [UInt8] = []
        Self.append(count: dependencies.count, to: &bytes)
        for dependency in dependencies {
            bytes.append(UInt8(clamping: Dependency.Kind.allCases.firstIndex(of: dependency.kind) ?? 0))
            let owner = dependency.owner.map { owners.number(of: Self.item($0.string)) + 1 } ?? 0
            Self.append(count: owner, to: &bytes)
            Self.append(count: ids.number(of: Self.item(dependency.id.string)), to: &bytes)
            Self.append(count: number(of: dependency.constraint), to: &bytes)
        }
        return lists.number(of: bytes)
    }

    private mutating func number(of constraint: VersionConstraint) -> Int {
        let text = constraint.description
        let item = [constraint.prerelease ? 1 : 0] + Self.item(text)
        let count = constraints.count
        let number = constraints.number(of: item)
        if number == count, (try? VersionConstraint(parsing: text, prerelease: constraint.prerelease)) != constraint {
            hasFailed = true
        }
        return number
    }

    func finish(into bytes: inout [UInt8]) {
        for section in [ids, owners, constraints, lists] {
            Self.append(count: section.count, to: &bytes)
            bytes += section.bytes
        }
        Self.append(count: releaseCount, to: &bytes)
        bytes += releases
    }

    private static func item(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return bytes
    }

    static func append(_ text: String, to bytes: inout [UInt8]) {
        append(count: text.utf8.count, to: &bytes)
        bytes += text.utf8
    }

    static func append(count: Int, to bytes: inout [UInt8]) { LittleEndian.append(UInt32(clamping: count), to: &bytes) }
}
