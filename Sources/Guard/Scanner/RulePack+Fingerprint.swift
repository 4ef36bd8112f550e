package import Objects

extension RulePack {
    /// Stands for the pack's name, version and rules: it differs when any of these does, also where the version was forgotten.
    func addFingerprint(to hasher: SHA256Hasher) {
        var parts = [name, version]
        for rule in rules {
            switch rule.subject {
            case .pattern(let text): parts += ["pattern", text]
            case .magic(let bytes): parts += ["magic", bytes.map { String($0, radix: 16) }.joined(separator: " ")]
            }
            parts += [rule.id, rule.severity.rawValue, rule.message, rule.advice, rule.published ?? ""]
            parts += [
                "\(rule.ignoresCase) \(rule.group) \(rule.entropy) \(rule.isSecret) \(rule.isPerFile) \(rule.countsAll)"
            ]
            parts += rule.keywords + rule.languages.map(\.rawValue).sorted()
            parts += [rule.paths, rule.unless, rule.unlessLine].map { $0.map { "=\($0)" } ?? "" }
        }
        for part in parts { hasher.update(Array("\(part.utf8.count):\(part)".utf8)) }
    }
}

extension Scanner {
    /// Stands for all that a report depends on besides the content: packs, advisories, limits.
    package var fingerprint: SHA256Digest {
        let hasher = SHA256Hasher()
        hasher.update(Array("amx-scan-1 \(limits) \(advisories?.label ?? "-") \(packs.count)\n".utf8))
        for pack in packs { pack.addFingerprint(to: hasher) }
        return hasher.finish()
    }
}
