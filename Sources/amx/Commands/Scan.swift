import ArgumentParser
import Capsules
import Guard
import Objects
import Workspaces

/// `amx scan`.
struct Scan: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Look for attacks, secrets, hidden text and poisoned prompts.",
        discussion: """
            Reads and never runs. A capsule: its working form, or a revision; a path, which has a slash in it or is a .kc file: that \
            file or directory. Without any: the capsule here, or all. What no rule looks into is listed. Results of capsules are \
            kept in the workspace's cache until the content or a rule is another. Exit status 7 when anything is found at or above \
            --fail-on.

            Example:
              amx scan customer-service
              amx scan ./downloaded-skill --fail-on medium --rules house-rules.json
            """)

    @Argument(help: ArgumentHelp("Capsules, revisions or paths; by default all capsules.", valueName: "id[@rev]|path"))
    var subjects: [String] = []
    @Option(help: ArgumentHelp("Also use the rules of a file.", valueName: "file")) var rules: [String] = []
    @Option(help: ArgumentHelp("Look dependencies up in a file of advisories in OSV's form.", valueName: "file"))
    var advisories: String?
    @Option(help: ArgumentHelp("Fail when something as grave as this is found.", valueName: "severity"))
    var failOn: ScanThreshold = .high
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let scanner = try scanner()
        var results: [ScanResult] = []
        if subjects.isEmpty {
            let place = try Place()
            for id in try place.ids([]) where try place.workspace.capsule(id).form() != nil {
                results.append(try scan(place.workspace.capsule(id), nil, by: scanner))
            }
        }
        for subject in subjects { results.append(try scan(subject, by: scanner)) }
        try output.show(
            json: ["failOn": .string(failOn.rawValue), "results": .array(results.map(\.json))],
            text: { style in results.map { $0.text(style) }.joined(separator: "\n") })
        try check(results)
    }

    /// The built-in packs with those that are named, and the advisories.
    private func scanner() throws(AmxError) -> Scanner {
        var packs = RulePack.builtIn
        for file in rules {
            packs.append(try RulePack(parsing: Self.read(file, limit: RulePack.sizeLimit), file: file))
        }
        guard let file = advisories else { return try Scanner(packs: packs) }
        let list = try AdvisoryList(parsing: Self.read(file, limit: AdvisoryList.sizeLimit), file: file)
        return try Scanner(packs: packs, advisories: list)
    }

    private static func read(_ file: String, limit: Int) throws(AmxError) -> [UInt8] {
        guard let bytes = try FileContent.read(file, limit: limit) else {
            throw AmxError(.notFound, "cannot read \(file): there is no such file", hint: "check the path")
        }
        return bytes
    }

    private func scan(_ subject: String, by scanner: Scanner) throws(AmxError) -> ScanResult {
        let isContainer = subject.hasSuffix(".kc")
        if subject.contains("/") || isContainer || [".", ".."].contains(subject) {
            guard Directory.exists(subject) else {
                throw AmxError(
                    .notFound, "cannot scan \(subject): there is nothing at that path",
                    hint: "check the path; a capsule is named without .kc")
            }
            if Directory.isDirectory(subject) { return ScanResult(subject, try scanner.scan(folder: subject)) }
            guard isContainer else {
                return ScanResult(subject, try scanner.scan(file: WorkingDirectory.absolute(subject)))
            }
            let scan = try scanner.scan(container: ContainerReader(subject))
            return ScanResult(subject, scan.report, digest: scan.digest)
        }
        let place = try Place()
        let target = try place.revision(subject)
        return try scan(place.workspace.capsule(target.id), target.revision, by: scanner)
    }

    private func scan(
        _ capsule: WorkspaceCapsule, _ revision: String?, by scanner: Scanner
    ) throws(AmxError) -> ScanResult {
        let cache = ScanCache(folder: "\(capsule.workspace.cacheDirectory)/scans")
        let subject = revision.map { "\(capsule.id)@\($0)" } ?? capsule.id.string
        func result(
            _ digest: ContentDigest, _ scan: () throws(AmxError) -> ScanReport
        ) throws(AmxError) -> ScanResult {
            if let report = cache.report(of: digest, by: scanner) { return ScanResult(subject, report, digest: digest) }
            let report = try scan()
            cache.keep(report, of: digest, by: scanner)
            return ScanResult(subject, report, digest: digest)
        }
        if let revision {
            let repository = try capsule.existingRepository()
            let commit = try capsule.commit(
                of: revision, in: repository, position: capsule.position(in: repository))
            let tree = try repository.commit(commit).tree
            return try result(repository.digest(ofTree: tree)) { () throws(AmxError) in
                try scanner.scan(tree: tree, in: repository)
            }
        }
        let content = try capsule.content()
        return try result(content.digest()) { () throws(AmxError) in
            if try capsule.form() == .packed, let path = capsule.packedPath {
                return try scanner.scan(container: ContainerReader(path)).report
            }
            return try scanner.scan(content.files.map { ($0.path, $0.size) }) { path throws(AmxError) in
                try capsule.bytes(of: path)
            }
        }
    }

    /// Throws for the first of the gravest findings that may not be there.
    private func check(_ results: [ScanResult]) throws(AmxError) {
        guard let least = failOn.severity else { return }
        let found = results.flatMap { result in
            result.report.findings.filter { $0.severity >= least }.map { (subject: result.subject, finding: $0) }
        }
        guard let worst = found.map(\.finding.severity).max(),
            let (subject, finding) = found.first(where: { $0.finding.severity == worst })
        else { return }
        let others = found.count > 1 ? ", and \(found.count - 1) more" : ""
        throw AmxError(
            .denied,
            "\(subject) is \(worst == .critical ? "dangerous" : "not clean"): \(finding.path):\(finding.line) "
                + "\(finding.message) (\(finding.rule), \(worst.rawValue))\(others)",
            hint: "\(finding.advice); --fail-on sets what is let through")
    }
}
