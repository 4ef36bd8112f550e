extension RulePack {
    /// Text that a person does not see and a model reads, and letters that look like others.
    package static let hiddenText = RulePack(
        name: "hidden-text", version: "1.0.0",
        rules: [
            Rule(
                "hidden.tags", .critical, "text in characters that nobody sees (tags)", advice: removed,
                #"\x{1F3F4}[\x{E0020}-\x{E007E}]{1,8}\x{E007F}|([\x{E0000}-\x{E007F}]+)"#,
                group: 1),
            Rule(
                "hidden.bidi", .high, "characters that turn the order of text around", advice: removed,
                #"[\x{202A}\x{202B}\x{202D}\x{202E}\x{2066}-\x{2068}]"#, keywords: bidi,
                in: [.javascript, .python, .shell, .data]),
            Rule(
                "hidden.bidi-prose", .medium, "characters that turn the order of text around", advice: removed,
                #"[\x{202D}\x{202E}]|[\x{202A}\x{202B}\x{2066}-\x{2068}][A-Za-z]"#, keywords: bidi,
                in: [.prose, .markup]),
            Rule(
                "hidden.zero-width-word", .high, "invisible characters within a word", advice: removed,
                #"[A-Za-z0-9_]([\x{200B}-\x{200D}\x{2060}\x{FEFF}\x{00AD}\x{180E}\x{034F}]+)[A-Za-z0-9_]"#,
                keywords: zeroWidth, group: 1, unless: "^\u{AD}$"),
            Rule(
                "hidden.zero-width-run", .high, "a row of invisible characters, as hidden data is written",
                advice: removed,
                #"[\x{200B}-\x{200D}\x{2060}-\x{2064}\x{206A}-\x{206F}\x{FEFF}\x{180E}\x{034F}]{4,}"#,
                keywords: zeroWidth),
            Rule(
                "hidden.zero-width", .low, "an invisible character", advice: removed,
                #"[^\x{200B}\x{2060}\x{FEFF}]([\x{200B}\x{2060}\x{FEFF}])(?:[^\x{200B}\x{2060}\x{FEFF}]|$)"#,
                keywords: ["\u{200B}", "\u{2060}", "\u{FEFF}"], group: 1),
            Rule(
                "hidden.selectors", .critical, "a row of variation selectors, as hidden data is written",
                advice: removed,
                #"[\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]{4,}"#),
            Rule(
                "hidden.fillers", .medium, "letters that look like nothing", advice: removed,
                #"[\x{3164}\x{115F}\x{1160}\x{FFA0}\x{17B4}\x{17B5}]"#,
                keywords: ["\u{3164}", "\u{115F}", "\u{1160}", "\u{FFA0}", "\u{17B4}", "\u{17B5}"],
                in: [.javascript, .python, .shell, .data]),
            Rule(
                "hidden.escaped", .high, "invisible characters, written as escapes", advice: removed,
                #"(?:\\u(?:200[b-fB-F]|206[0-9a-fA-F]|202[a-eA-E]|[fF][eE][fF]{2})){3,}|(?:\\u[dD][bB]40\\u[dD][cC][0-9a-fA-F]{2}){2,}"#,
                keywords: [#"\u200"#, #"\u206"#, #"\u202"#, #"\ufeff"#, #"\udb40"#], in: [.data]),
            Rule(
                "hidden.homoglyph", .high, "a word that mixes Latin letters with others that look like them",
                advice: spelled,
                #"[A-Za-z][\x{0430}\x{0435}\x{043E}\x{0440}\x{0441}\x{0443}\x{0445}\x{0456}\x{0458}\x{0455}\x{04BB}\x{0501}\x{051B}\x{051D}\x{0410}\x{0412}\x{0415}\x{041A}\x{041C}\x{041D}\x{041E}\x{0420}\x{0421}\x{0422}\x{0425}\x{0405}\x{0406}\x{0408}\x{03BF}\x{03C1}\x{0391}\x{0392}\x{0395}\x{0396}\x{0397}\x{0399}\x{039A}\x{039C}\x{039D}\x{039F}\x{03A1}\x{03A4}\x{03A5}\x{03A7}]+[A-Za-z]"#
            ),
            Rule(
                "hidden.homoglyph-start", .medium, "a name that begins with a letter that looks like a Latin one",
                advice: spelled,
                #"(?:^|[^\p{L}\p{M}_$-])([\x{0430}\x{0435}\x{043E}\x{0440}\x{0441}\x{0443}\x{0445}\x{0456}\x{0458}\x{0455}\x{0410}\x{0412}\x{0415}\x{041A}\x{041C}\x{041D}\x{041E}\x{0420}\x{0421}\x{0422}\x{0425}]+[A-Za-z_]{2,})"#,
                in: [.javascript, .python, .shell, .data], group: 1),
            Rule(
                "hidden.styled-call", .high, "a call whose name is written in letters of another style",
                advice: spelled,
                #"[\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{1D400}-\x{1D7FF}\x{2102}-\x{2134}]{2,}\w*\s*[(.]"#,
                keywords: ["(", "."], in: [.python]),
            Rule(
                "hidden.terminal", .medium, "characters that a terminal obeys", advice: removed,
                #"\x1b[\[\]P_^]|\x08{2,}|\x{9B}"#, keywords: ["\u{1B}", "\u{8}", "\u{9B}"]),
            Rule(
                "hidden.far-right", .medium, "text far to the right of a line, out of sight", advice: removed,
                #"[^\s|][ \t\x{3000}\x{2003}\x{00A0}]{250,}[^\s|][^\n]{7}"#, keywords: ["          "],
                in: [.prose, .javascript, .python, .shell]),
            Rule(
                "hidden.style", .medium, "text that is styled so that nobody sees it", advice: removed,
                #"(?i)style\s*=\s*["'][^"'\n]{0,200}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:[^.\d]|$)|opacity\s*:\s*0(?:[^.\d]|$)|color\s*:\s*(?:white|transparent|#fff(?:fff)?\b))"#,
                keywords: ["style"], in: [.prose]),
        ])

    private static let removed = "remove the characters: a reviewer cannot see what they say"
    private static let spelled = "write the name in letters of one script"
    private static let bidi = ["\u{202A}", "\u{202B}", "\u{202D}", "\u{202E}", "\u{2066}", "\u{2067}", "\u{2068}"]
    private static let zeroWidth = [
        "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{AD}", "\u{180E}", "\u{34F}",
    ]
}
