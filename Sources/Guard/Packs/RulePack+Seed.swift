extension RulePack {
    /// The seven patterns of seed 000, to the letter: one finding for each file and pattern, with the count of its matches (rows A-090 to
    /// A-093). What they match too much and too little stays as it is; the other packs are for that.
    package static let seed = RulePack(
        name: "seed-v1", version: "1.0.0",
        rules: [
            seedRule(
                "process", .medium, #"require\(['"`]child_process['"`]\)"#, "starts programs",
                advice: "see which programs are started, and whether the capsule needs that"),
            seedRule(
                "eval", .medium, #"eval\s*\("#, "evaluates text as code",
                advice: "replace the evaluation of text as code by code that can be read", pattern: "eval\(blanks)\\("),
            seedRule(
                "function", .medium, #"Function\s*\("#, "may make functions of text",
                advice: "replace the evaluation of text as code by code that can be read",
                pattern: "Function\(blanks)\\("),
            seedRule(
                "environment", .low, #"process\.env"#, "reads the environment",
                advice: "see which variables are read: they may hold secrets"),
            seedRule(
                "files", .low, #"fs\.(readFile|writeFile|unlink)"#, "reads, writes or deletes files",
                advice: "see which files are touched, and declare them in the permissions"),
            seedRule(
                "network", .low, #"require\(['"`]net['"`]\)"#, "opens network connections",
                advice: "see where connections go, and declare it in the permissions"),
            seedRule(
                "crypto", .info, #"require\(['"`]crypto['"`]\)"#, "uses cryptography",
                advice: "see what is encrypted, and for whom"),
        ])

    /// JavaScript's blanks, which are more than RE2's.
    private static let blanks =
        #"[\t-\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}]*"#

    private static func seedRule(
        _ name: String, _ severity: Severity, _ source: String, _ message: String, advice: String,
        pattern: String? = nil
    ) -> Rule {
        var rule = Rule("seed-v1.\(name)", severity, message, advice: advice, pattern ?? source)
        rule.published = source
        rule.isPerFile = true
        rule.countsAll = true
        return rule
    }
}
