package import Objects

/// Looks for what should not be in a capsule: attacks, secrets, hidden text, vulnerable dependencies.
///
/// It reads and never runs. A scan takes time proportional to the content, whatever that is, on as many threads as there are processors.
/// What it does not look into it says. Rules are compiled at their first use, and kept: make one scanner for many capsules. `docs/scanning.md`
/// says what the rules are, and what no rule can find.
package final class Scanner: Sendable {
    /// The packs whose rules are used, in the order of the findings.
    package let packs: [RulePack]
    package let limits: ScanLimits
    /// What is known about dependencies; nil when they are not looked at.
    package let advisories: AdvisoryList?

    private let rules: [CompiledRule]
    private let keywords: KeywordIndex
    private let keywordCount: Int
    /// The places of each rule's keywords in the index.
    private let ruleKeywords: [[Int]]

    /// Prepares packs; `.failure` names the first pattern that cannot be used, or an id that stands twice.
    package init(
        packs: [RulePack] = RulePack.builtIn, advisories: AdvisoryList? = nil, limits: ScanLimits = ScanLimits()
    ) throws(AmxError) {
        var rules: [CompiledRule] = []
        var ids: Set<String> = []
        var places: [String: Int] = [:]
        var ruleKeywords: [[Int]] = []
        for pack in packs {
            let isOurs = RulePack.builtIn.contains(pack)
            for rule in pack.rules {
                guard ids.insert(rule.id).inserted else {
                    throw AmxError(
                        .failure, "cannot use the pack \(pack.name): its rule \(rule.id) is in another pack as well",
                        hint: "give every rule an id of its own")
                }
                let compiled = CompiledRule(rule, of: pack)
                if !isOurs { try compiled.check() }
                rules.append(compiled)
                ruleKeywords.append(
                    rule.keywords.map { keyword in
                        let place = places[keyword] ?? places.count
                        places[keyword] = place
                        return place
                    })
            }
        }
        self.packs = packs
        self.limits = limits
        self.advisories = advisories
        self.rules = rules
        self.ruleKeywords = ruleKeywords
        keywordCount = places.count
        keywords = KeywordIndex(places.sorted { $0.value < $1.value }.map { Array($0.key.utf8) })
    }

    /// Scans files that are in memory.
    package func scan(_ files: [ScannedFile]) throws(AmxError) -> ScanReport {
        var run = ScanRun(self)
        for file in files { try run.add(file) }
        return try run.finish()
    }

    /// What all rules find in one file.
    func look(into file: ScannedFile) throws(AmxError) -> FileScan {
        var scan = FileScan()
        for rule in rules {
            if let finding = try rule.finding(inStartOf: file.content, path: file.path) {
                scan.findings.append(finding)
            }
        }
        guard let text = ScannedText(path: file.path, content: file.content) else {
            scan.unscanned = UnscannedFile(
                path: file.path.string, bytes: file.content.count, reason: FileFormat.of(file.content))
            return scan
        }
        let present = keywords.occurring(in: text.bytes, count: keywordCount)
        for (index, rule) in rules.enumerated() {
            guard ruleKeywords[index].isEmpty || ruleKeywords[index].contains(where: { present[$0] }),
                try rule.concerns(text)
            else { continue }
            scan.findings += try rule.findings(in: text, limit: limits.matches)
        }
        if let advisories { scan.findings += advisories.findings(in: file) }
        return scan
    }
}

/// What came of one file.
struct FileScan: Sendable {
    var findings: [Finding] = []
    var unscanned: UnscannedFile?
}
