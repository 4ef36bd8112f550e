extension RulePack {
    /// JavaScript that reaches what `seed-v1` looks for in other ways: imports of every form, aliases, computed names.
    package static let javascript = RulePack(
        name: "javascript", version: "1.0.0",
        rules: [
            Rule(
                "js.child-process", .medium, "starts programs", advice: programs,
                #"["'`](?:node:)?child_process["'`]"#,
                keywords: ["child_process"], in: [.javascript]),
            Rule(
                "js.other-runtime-program", .medium, "starts programs", advice: programs,
                #"\b(?:Deno\s*\.\s*(?:Command|run)|Bun\s*\.\s*(?:spawn|spawnSync|\$))"#, keywords: ["deno", "bun"],
                in: [.javascript]),
            Rule(
                "js.computed-module", .high, "loads a module whose name is put together at run time", advice: readable,
                #"\b(?:require|import)\s*\(\s*(?:["'`][^"'`./\n][^"'`\n]{0,40}["'`]\s*\+|\[\s*["'`]|String\s*\.|atob\b|Buffer\b|unescape\b|decodeURI|["'`][^"'`\n]{0,40}["'`]\s*\.\s*(?:concat|replace|split))"#,
                keywords: ["require", "import"], in: [.javascript]),
            Rule(
                "js.variable-module", .low, "loads a module whose name is a variable", advice: readable,
                #"\b(?:require|import)\s*\(\s*[A-Za-z_$][\w$.\[\]]*\s*\)"#, keywords: ["require", "import"],
                in: [.javascript]),
            Rule(
                "js.commented-call", .high, "hides a call behind a comment", advice: readable,
                #"\b(?:require|eval|import|Function)\s*/\*(?:[^*]|\*[^/]){0,200}\*/\s*\("#,
                keywords: ["require", "eval", "import", "function"], in: [.javascript]),
            Rule(
                "js.require-alias", .medium, "gives require another name", advice: readable,
                #"(?m)(?:^|[^=!<>])[=(,:]\s*(?:module\s*\.\s*)?require\s*(?:[;,)]|$)"#, keywords: ["require"],
                in: [.javascript]),
            Rule(
                "js.internal-loader", .high, "loads modules through the inside of Node.js", advice: readable,
                #"\bprocess\s*\.\s*(?:binding|_linkedBinding|dlopen)\b|\bmainModule\s*\.\s*require|\bModule\s*\.\s*_load\b|\bconstructor\s*\.\s*_load\b|process\s*\[\s*["'`](?:binding|dlopen|mainModule)"#,
                keywords: ["binding", "dlopen", "mainmodule", "_load"], in: [.javascript]),
            Rule(
                "js.global-eval", .high, "reaches eval or Function through the global object", advice: readable,
                #"\b(?:globalThis|window|self|global)\s*(?:\?\.)?\s*(?:\.\s*(?:eval|Function)\b|\[\s*["'`](?:eval|Function)["'`]|\[\s*["'`][^"'`\n]{0,20}["'`]\s*\+)"#,
                keywords: ["globalthis", "window", "self", "global"], in: [.javascript]),
            Rule(
                "js.indirect-eval", .high, "calls eval under another name", advice: readable,
                #"\(\s*(?:0|void 0|null|1)\s*,\s*eval\s*\)|(?:^|[^=!<>.\w])(?:=|\(|,)\s*eval\s*[;,)\n]|\bReflect\s*\.\s*(?:apply|construct)\s*\(\s*(?:eval|Function)\b"#,
                keywords: ["eval", "function"], in: [.javascript]),
            Rule(
                "js.constructor-chain", .high, "makes a function of text through a constructor", advice: readable,
                #"constructor\s*(?:\.\s*constructor|\[\s*["'`]constructor["'`]\s*\])|\[\s*["'`]constructor["'`]\s*\]\s*(?:\[|\()|constructor\s*\(\s*["'`]\s*return\b|getPrototypeOf\s*\(\s*(?:async\s+)?function"#,
                keywords: ["constructor", "getprototypeof"], in: [.javascript]),
            Rule(
                "js.vm", .medium, "runs text as code in the vm module", advice: readable,
                #"\b(?:require|from|import)\b[^\n;]{0,80}["'`](?:node:)?vm["'`]|\brunIn(?:New|This)?Context\s*\("#,
                keywords: ["vm", "runin"], in: [.javascript]),
            Rule(
                "js.timer-text", .medium, "runs text as code by a timer", advice: readable,
                #"\bset(?:Timeout|Interval|Immediate)\s*\(\s*["'`]"#,
                keywords: ["settimeout", "setinterval", "setimmediate"],
                in: [.javascript]),
            Rule(
                "js.escaped-identifier", .high, "writes a name with escapes", advice: readable,
                #"(?:[A-Za-z_$]\\u(?:00[4-7][0-9A-Fa-f]|\{0*[4-7][0-9A-Fa-f]\})|\\u(?:00[4-7][0-9A-Fa-f]|\{0*[4-7][0-9A-Fa-f]\})[A-Za-z_$]+)[A-Za-z_$0-9]*\s*[(.\[]"#,
                keywords: [#"\u"#], in: [.javascript]),
            Rule(
                "js.environment-alias", .medium, "reads the environment under another name", advice: environment,
                #"\bprocess\s*(?:\?\.)?\s*\[\s*["'`]env["'`]|\{[^{}\n]{0,80}\benv\b[^{}\n]{0,80}\}\s*=\s*(?:process\b|require\s*\(\s*["'`](?:node:)?process)|\b(?:Deno|Bun)\s*\.\s*env\b"#,
                keywords: ["env"], in: [.javascript]),
            Rule(
                "js.environment-dump", .high, "takes the whole environment", advice: environment,
                #"\bJSON\s*\.\s*stringify\s*\(\s*(?:\{\s*\.\.\.\s*)?process\s*\.\s*env\s*[,)}]|\bObject\s*\.\s*(?:entries|values)\s*\(\s*process\s*\.\s*env\s*\)"#,
                keywords: ["env"], in: [.javascript]),
            Rule(
                "js.files", .low, "reads, writes or deletes files",
                advice: "see which files are touched, and declare them in the permissions",
                #"\b(?:import|require|from|getBuiltinModule)\s*\(?\s*["'`](?:node:)?(?:fs|fs/promises|fs-extra)["'`]|\bfs\s*\.\s*promises\b|\bfs\s*\[\s*["'`]"#,
                keywords: ["fs"], in: [.javascript]),
            Rule(
                "js.network", .low, "opens network connections",
                advice: "see where connections go, and declare it in the permissions",
                #"\b(?:import|require|from|getBuiltinModule)\s*\(?\s*["'`](?:node:)?(?:net|dgram|tls|http|https|http2|dns|dns/promises)["'`]|\bnew\s+(?:WebSocket|XMLHttpRequest|EventSource)\b|\bsendBeacon\s*\("#,
                keywords: [
                    "net", "dgram", "tls", "http", "dns", "websocket", "xmlhttprequest", "eventsource", "beacon",
                ],
                in: [.javascript]),
            Rule(
                "js.prototype", .medium, "changes what all objects have",
                advice: "leave the prototypes of the language alone",
                #"\[\s*["'`]__proto__["'`]\s*\]\s*(?:\[[^\]\n]{1,60}\]\s*)?=[^=]|\bObject\s*\.\s*prototype\s*(?:\.\s*\w+|\[[^\]\n]{1,60}\])\s*=[^=]"#,
                keywords: ["__proto__", "prototype"], in: [.javascript]),
            Rule(
                "js.mail-copy", .medium, "sends a blind copy of mail to a fixed address",
                advice: "remove the address, or make it a setting of the user",
                #"\bbcc["']?\s*[:=]\s*\[?\s*["'`][^"'`\s@]{1,64}@"#,
                keywords: ["bcc"], in: [.javascript, .python], ignoresCase: true, unless: #"@example\."#),
            Rule(
                "js.install-script", .medium, "runs a script when it is installed",
                advice: "remove the install scripts of package.json, or say why they are needed",
                #""(?:pre|post)?install"\s*:\s*"[^"]"#, keywords: ["install"], in: [.data],
                paths: #"(?:^|/)package\.json$"#),
        ])

    private static let programs = "see which programs are started, and whether the capsule needs that"
    private static let readable = "write the code so that it can be read: plain imports, plain calls, no text as code"
    private static let environment = "read the variables that are needed by name: the environment may hold secrets"
}
