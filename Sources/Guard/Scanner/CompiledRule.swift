import Objects

/// A rule with its patterns ready for use, and the pack that it is of.
struct CompiledRule: Sendable {
    let rule: Rule
    let pack: String
    let expression: LazyExpression?
    let paths: LazyExpression?
    let unless: LazyExpression?
    let unlessLine: LazyExpression?

    init(_ rule: Rule, of pack: RulePack) {
        self.rule = rule
        self.pack = pack.label
        let place = "rule \(rule.id) of pack \(pack.name)"
        func lazy(_ pattern: String?, ignoresCase: Bool) -> LazyExpression? {
            pattern.map { LazyExpression($0, ignoresCase: ignoresCase, place: place) }
        }
        expression =
            if case .pattern(let text) = rule.subject { lazy(text, ignoresCase: rule.ignoresCase) } else { nil }
        paths = lazy(rule.paths, ignoresCase: false)
        unless = lazy(rule.unless, ignoresCase: true)
        unlessLine = lazy(rule.unlessLine, ignoresCase: true)
    }

    /// Compiles everything, to find what cannot be; `.failure` names the rule.
    func check() throws(AmxError) {
        for pattern in [paths, unless, unlessLine] { _ = try pattern?.get() }
        guard let expression = try expression?.get(), rule.group > expression.groupCount else { return }
        throw AmxError(
            .failure,
            "cannot use rule \(rule.id): its group is \(rule.group), and its pattern has \(expression.groupCount)",
            hint: "count the pattern's opening parentheses that are not followed by ?:")
    }

    /// Whether the rule looks into such a file at all.
    func concerns(_ text: ScannedText) throws(AmxError) -> Bool {
        guard rule.languages.isEmpty || !rule.languages.isDisjoint(with: text.languages) else { return false }
        return try paths?.get().matches(text.path.bytes) ?? true
    }

    /// What the rule finds in a file.
    func findings(in text: ScannedText, limit: Int) throws(AmxError) -> [Finding] {
        guard let expression else { return [] }
        // The published patterns of the seed are about the text as it stands.
        let bytes = rule.countsAll ? text.raw : text.bytes
        var places: [Range<Int>] = []
        let ranges = try expression.get().ranges(
            group: rule.group, in: bytes, limit: rule.countsAll ? .max : limit)
        for range in ranges {
            guard rule.entropy == 0 || Entropy.ofBytes(bytes[range]) >= rule.entropy else { continue }
            if let unless, try unless.get().matches(Array(bytes[range])) { continue }
            if let unlessLine, try unlessLine.get().matches(text.surroundings(of: range)) { continue }
            places.append(range)
        }
        return group(places, in: text, bytes)
    }

    /// The finding of a file that begins with the rule's bytes.
    func finding(inStartOf content: [UInt8], path: TreePath) throws(AmxError) -> Finding? {
        guard case .magic(let magic) = rule.subject, content.starts(with: magic),
            try paths?.get().matches(path.bytes) ?? true
        else { return nil }
        return finding(path: path, line: 1, column: 1, excerpt: "\(content.count) bytes", matches: 1)
    }

    /// Makes one finding of a line's places, or of a file's.
    private func group(_ places: [Range<Int>], in text: ScannedText, _ bytes: [UInt8]) -> [Finding] {
        var result: [Finding] = []
        var index = 0
        while index < places.count {
            let first = places[index]
            let line = text.line(at: first.lowerBound)
            let start = index
            index += 1
            while index < places.count, rule.isPerFile || text.line(at: places[index].lowerBound) == line { index += 1 }
            let excerpt = rule.isSecret ? Excerpt.ofSecret(first, in: bytes) : Excerpt.of(first, in: bytes)
            result.append(
                finding(
                    path: text.path, line: line, column: text.column(at: first.lowerBound), excerpt: excerpt,
                    matches: index - start))
        }
        return result
    }

    private func finding(path: TreePath, line: Int, column: Int, excerpt: String, matches: Int) -> Finding {
        Finding(
            path: path, line: line, column: column, rule: rule.id, pack: pack, severity: rule.severity,
            message: rule.message, advice: rule.advice, excerpt: excerpt, matches: matches, pattern: rule.published)
    }
}
