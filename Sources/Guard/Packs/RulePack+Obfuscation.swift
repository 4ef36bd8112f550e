extension RulePack {
    /// Code and data in a form that nobody can review.
    package static let obfuscation = RulePack(
        name: "obfuscation", version: "1.0.0",
        rules: [
            Rule(
                "obf.decode-run-js", .critical, "runs what it has decoded", advice: plain,
                #"\b(?:eval|Function|setTimeout|setInterval|execSync|exec|spawn|spawnSync|runInThisContext|runInNewContext)\s*\(\s*(?:[\w.]+\s*\(\s*){0,2}(?:atob|Buffer\s*\.\s*from|unescape|decodeURIComponent|String\s*\.\s*fromCharCode|new\s+TextDecoder)\b"#,
                keywords: ["atob", "buffer", "unescape", "decodeuri", "fromcharcode", "textdecoder"], in: [.javascript]),
            Rule(
                "obf.decode-run-python", .critical, "runs what it has decoded", advice: plain,
                #"(?:^|[^.\w])(?:exec|eval|compile|os\s*\.\s*system|os\s*\.\s*popen)\s*\(\s*(?:\w+\s*\(\s*){0,3}(?:__import__\s*\(\s*["'][^"'\n]{1,40}["']\s*\)\s*\.\s*|base64\s*\.\s*|codecs\s*\.\s*|zlib\s*\.\s*|lzma\s*\.\s*|bz2\s*\.\s*|gzip\s*\.\s*|binascii\s*\.\s*|marshal\s*\.\s*|bytes\s*\.\s*|bytearray\s*\.\s*)?(?:b64decode|b32decode|b16decode|b85decode|a85decode|urlsafe_b64decode|decode|decompress|unhexlify|fromhex|loads)\s*\("#,
                keywords: ["decode", "decompress", "unhexlify", "fromhex", "loads"], in: [.python]),
            Rule(
                "obf.decode-then-run", .high, "decodes something and runs text as code nearby", advice: plain,
                #"\b(?:b64decode|a85decode|b85decode|unhexlify|fromhex|rot_?13)\b[\s\S]{0,600}?(?:(?:^|[^.\w])(?:exec|eval)\s*\(|\bos\s*\.\s*(?:system|popen)\s*\()"#,
                keywords: ["b64decode", "a85decode", "b85decode", "unhexlify", "fromhex", "rot13", "rot_13"],
                in: [.python]),
            Rule(
                "obf.decode-then-run-js", .high, "decodes something and runs text as code nearby", advice: plain,
                #"(?:\batob\s*\(|,\s*["'`](?:base64|hex)["'`]\s*\))[\s\S]{0,600}?(?:\beval\s*\(|\bnew\s+Function\s*\(|\bexec(?:Sync)?\s*\(|\bspawn(?:Sync)?\s*\()"#,
                keywords: ["atob", "base64", "hex"], in: [.javascript]),
            Rule(
                "obf.decode-run-shell", .critical, "runs what it has decoded", advice: plain,
                #"\b(?:base64|openssl\s+(?:enc|base64))\s[^\n|]{0,80}(?:-d|-D|--decode)\b[^\n|]{0,120}\|\s*(?:[\w.-]+\s[^\n|]{0,60}\|\s*)?(?:sudo\s+)?(?:/(?:usr/)?bin/)?(?:env\s+)?(?:(?:ba|z|da|k)?sh|python[\d.]*|perl|node|ruby)\b|\b(?:xxd\s+-r|rev|tr\s+["'][^"'\n]{2,60}["']\s+["'][^"'\n]{2,60}["']|gunzip|zcat)\b[^\n|]{0,80}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\b(?:eval|sh\s+-c|bash\s+-c)\s+["']?(?:\$\(|`)[^\n]{0,200}\b(?:base64|xxd|openssl)\b[^\n]{0,80}(?:-d|-D|-r|--decode)|\b(?:sh|bash)\s+<\s*\([^\n]{0,120}\bbase64\b|(?:^|[;&|(\n])\s*\$\(\s*echo\s+\S+\s*\|\s*base64\s+(?:-d|-D|--decode)"#,
                keywords: ["base64", "openssl", "xxd", "rev", "tr ", "gunzip", "zcat"]),
            Rule(
                "obf.shell-quoting", .high, "spells a command in escapes", advice: plain,
                #"\$'(?:\\x[0-9a-fA-F]{2}|\\[0-7]{3}){3,}|\$\{IFS\}\S*\$\{IFS\}|\bprintf\s+["']?(?:\\x[0-9a-fA-F]{2}|\\[0-7]{3}){4,}[^\n]{0,200}\|\s*(?:ba|z)?sh\b|\b(?:echo\s+-e|printf)\s[^\n]{0,80}(?:\\x[0-9a-fA-F]{2}){6,}"#,
                keywords: ["\\x", "\\0", "\\1", "${ifs}"], in: [.shell, .python, .javascript, .data]),
            Rule(
                "obf.character-codes", .high, "spells text in character codes", advice: plain,
                #"\bfromCharCode\s*(?:\.\s*apply\s*)?\(\s*(?:null\s*,\s*\[\s*)?(?:0x[0-9a-f]+|\d+)(?:\s*,\s*(?:0x[0-9a-f]+|\d+)){5,}|(?:\bchr\s*\(\s*(?:0x[0-9a-f]+|\d+)\s*\)\s*\+\s*){3,}chr\b|\.\s*join\s*\(\s*(?:map\s*\(\s*chr\s*,|chr\s*\(\s*\w+(?:\s*[\^+-]\s*\w+)?\s*\)\s*for\s+\w+\s+in\s*[\[(]\s*\d)|\bbytes\s*\(\s*\[\s*(?:(?:0x[0-9a-f]+|\d+)\s*,\s*){7,}[^\]\n]{0,1000}\]\s*\)\s*\.\s*decode|\bfromCharCode\s*\([^)\n]{0,60}\^"#,
                keywords: ["fromcharcode", "chr", "bytes"], in: [.javascript, .python], ignoresCase: true),
            Rule(
                "obf.reversed", .high, "spells text backwards", advice: plain,
                #"(?:exec|eval|system|popen|import_module|__import__|getattr)\s*\([^\n]{0,120}\[\s*::\s*-1\s*\]|\.\s*split\s*\(\s*["'`]{2}\s*\)\s*\.\s*reverse\s*\(\s*\)\s*\.\s*join\s*\(\s*["'`]{2}\s*\)[^\n]{0,80}(?:\(|\])"#,
                keywords: ["::", "reverse"], in: [.javascript, .python], unlessLine: #"palindrom"#),
            Rule(
                "obf.escaped-text", .high, "spells readable text in escapes", advice: plain,
                #"(?:\\x[2-7][0-9a-fA-F]){8,}|(?:\\u00[2-7][0-9a-fA-F]){6,}|(?:%u00[2-7][0-9a-fA-F]){4,}|(?:\\[0-1][0-7]{2}){10,}|(?:&#(?:x[2-7][0-9a-fA-F]|\d{2,3});){12,}"#,
                keywords: ["\\x", "\\u00", "%u00", "\\1", "\\0", "&#"]),
            Rule(
                "obf.obfuscator", .high, "was made by an obfuscator", advice: plain,
                #"\b_0x[0-9a-f]{4,6}\b[^\n]{0,400}\b_0x[0-9a-f]{4,6}\b|[\[\]()!+]{100,}|\beval\s*\(\s*function\s*\(\s*p\s*,\s*a\s*,\s*c\s*,\s*k|゚ω゚ﾉ|\b(?:[Il]{12,}|[O0]*O[O0]{11,})\s*=|\$=~\[\]"#,
                keywords: ["_0x", "(!", "[]", "function", "ω", "ll", "oo0", "o00", "$="], in: [.javascript, .python]),
            Rule(
                "obf.long-data", .medium, "carries much data in a text of code", advice: data,
                #"["'`]((?:[A-Za-z0-9+/]{100}){4}[A-Za-z0-9+/]*={0,2})["'`]"#, in: [.javascript, .python, .shell],
                group: 1,
                entropy: 4.8,
                unlessLine:
                    #"data:(?:image|font|audio|video|application/(?:font|x-font|pdf|wasm))|sourceMappingURL|(?:png|jpe?g|gif|woff2?|ttf|svg|pdf|wasm)_?(?:data|base64|b64)"#
            ),
            Rule(
                "obf.long-hex", .medium, "carries much data in a text of code", advice: data,
                #"["'`](?:[0-9a-fA-F]{100}){3}[0-9a-fA-F]*["'`]|["'`](?:(?:\\x[0-9a-fA-F]{2}){50}){2}"#,
                in: [.javascript, .python, .shell]),
            Rule(
                "obf.long-data-prose", .medium, "carries much encoded data in a text for people", advice: data,
                #"(?:^|[^A-Za-z0-9+/=,])((?:[A-Za-z0-9+/]{100}){4}[A-Za-z0-9+/]*={0,2})"#, in: [.prose], group: 1,
                entropy: 4.8,
                unlessLine: #"data:(?:image|font|audio|video)"#),
            Rule(
                "obf.rot13", .medium, "hides text by shifting letters", advice: plain,
                #"["']rot[_-]?13["']"#, keywords: ["rot13", "rot_13", "rot-13"], in: [.javascript, .python]),
            Rule(
                "obf.xor", .medium, "hides text by a key", advice: plain,
                #"\bchr\s*\(\s*(?:ord\s*\(\s*)?\w+\s*\)?\s*\^|\bcharCodeAt\s*\([^)\n]{0,40}\)\s*\^|\bbytes\s*\(\s*\[?\s*\w+\s*\^\s*\w+[^\n]{0,40}\bfor\b"#,
                keywords: ["^"], in: [.javascript, .python]),
            Rule("obf.elf", .medium, "a program of machine code", advice: built, magic: [0x7F, 0x45, 0x4C, 0x46]),
            Rule(
                "obf.pe", .medium, "a program of machine code", advice: built, magic: [0x4D, 0x5A],
                paths: #"(?i)\.(?:exe|dll|scr|com|sys|pyd|node|bin)$"#),
            Rule("obf.mach-o", .medium, "a program of machine code", advice: built, magic: [0xCF, 0xFA, 0xED, 0xFE]),
            Rule(
                "obf.mach-o-fat", .medium, "a program of machine code", advice: built, magic: [0xCA, 0xFE, 0xBA, 0xBE]),
            Rule(
                "obf.bytecode", .medium, "byte code of Python without its source", advice: built, magic: [],
                paths: #"\.py[co]$"#),
        ])

    private static let plain = "write it in plain text: what nobody can read, nobody can review"
    private static let data = "put the data into a file of its own, and say where it comes from"
    private static let built = "carry the source, or say where the program comes from and how it is built"
}
