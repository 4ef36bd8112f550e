extension RulePack {
    /// Text that gives orders to a model which its user would not give: in descriptions of tools, skills, comments, data.
    package static let poisoning = RulePack(
        name: "poisoning", version: "1.0.0",
        rules: [
            rule(
                "ignore-orders", .high, "orders a model to ignore what it was told", ignoreOrders, ignoring,
                in: [.javascript, .python, .shell, .data, .markup]),
            rule(
                "ignore-orders-prose", .high, "orders a model to ignore what it was told",
                #"(?:^|[^"“”'`‘’«])"# + ignoreOrders, ignoring, in: [.prose]),
            rule(
                "ignore-orders-quoted", .medium, "quotes an order to a model to ignore what it was told",
                #"["“”'`‘’«]"# + ignoreOrders, ignoring, in: [.prose]),
            rule(
                "ignore-orders-translated", .high, "orders a model to ignore what it was told",
                #"ignorier(?:e|en|t)?\s+(?:sie\s+)?(?:alle\s+)?(?:vorherigen|bisherigen|obigen|fr(?:ü|ue)heren)\s+(?:anweisungen|befehle|regeln)|(?:ignora|olvida)[a-z]*\s+(?:todas\s+)?(?:las\s+)?(?:instrucciones|reglas)\s+(?:anteriores|previas)|(?:ignore[rz]?|oublie[rz]?)\s+(?:toutes\s+)?(?:les\s+)?(?:instructions|consignes|r(?:è|e)gles)\s+(?:pr(?:é|e)c(?:é|e)dentes|ant(?:é|e)rieures)|ignor[ae]\s+tutte\s+le\s+istruzioni\s+precedenti|ignore\s+(?:todas\s+)?as\s+instru(?:ç|c)(?:õ|o)es\s+anteriores|игнорируй(?:те)?\s+(?:все\s+)?(?:предыдущие|прежние)\s+(?:инструкции|указания)|(?:忽略|无视|忘记)(?:掉)?(?:所有|全部)?(?:之前|以前|以上|先前|前面|上述)的?(?:所有|全部)?(?:的)?(?:指令|指示|提示|规则)|(?:以前|上記|これまで|前)の(?:すべての|全ての)?(?:指示|命令|ルール)を(?:無視|忘れ)"#,
                []),
            rule(
                "hide-from-user", .high, "orders a model to keep something from its user",
                #"\b(?:do\s+not|don't|don’t|never|must\s+not|should\s+not|shouldn't|without|avoid|refrain\s+from)\s+(?:ever\s+|even\s+|explicitly\s+)?(?:tell|telling|inform|informing|notify|notifying|alert|alerting|mention|mentioning|reveal|revealing|disclose|disclosing)\s+(?:(?:this|that|it|them|anything|about|any|of|the|these|those|steps?|actions?|to|tool|calls?|instructions?)\s+){0,5}(?:the\s+|your\s+|any\s+)?(?:user|human|customer|operator|developer|owner)s?\b|\b(?:keep|hide|conceal)\s+(?:this|it|these|the\s+\w+)\s+(?:\w+\s+){0,2}(?:secret\s+|hidden\s+|concealed\s+)?from\s+(?:the\s+|your\s+)?(?:user|human|customer|operator)s?\b|\b(?:do\s+not|don't|don’t|never)\s+let\s+(?:the\s+|your\s+)?(?:user|human|customer|operator)s?\s+(?:know|see|notice|find)\b|\bwithout\s+(?:the\s+)?(?:user|human|customer)(?:'s|’s)?\s+(?:knowledge|knowing|noticing|awareness|consent)\b|\b(?:the\s+)?user\s+(?:must|should)\s+(?:not|never)\s+(?:know|see|notice|find\s+out|be\s+(?:told|informed|made\s+aware))\b"#,
                ["user", "human", "customer", "operator", "developer", "owner"]),
            rule(
                "secretly", .high, "orders something that is done in secret",
                #"\b(?:secretly|covertly|surreptitiously|stealthily|silently|quietly|discreetly)\s+(?:send|upload|forward|transmit|exfiltrate|collect|copy|bcc|cc|post|email|e-mail|share|read|harvest|capture|record)\b"#,
                ["secretly", "covertly", "surreptitiously", "stealthily", "silently", "quietly", "discreetly"]),
            rule(
                "important-block", .high, "puts orders to a model into a block that stands out",
                #"<\s*(?:important|critical|system|hidden|secret|instructions?|admin|override|assistant_instructions?)\s*>[\s\S]{0,800}?(?:~/|\.ssh|\.env\b|password|credential|api[_ ]key|secret|token|do\s+not\s+(?:tell|mention|inform)|never\s+(?:tell|mention|inform)|before\s+(?:using|calling|running)\s+(?:this|any)|\bcurl\b|base64|exfiltrat|ignore\s|read\s+the\s+file|without\s+(?:telling|asking|informing))"#,
                ["important", "critical", "system", "hidden", "secret", "instruction", "admin", "override"]),
            rule(
                "important-tag", .medium, "stresses orders to a model by a tag",
                #"<(?-i:IMPORTANT|CRITICAL|SYSTEM|HIDDEN|SECRET|ADMIN|OVERRIDE)>"#,
                ["<important", "<critical", "<system", "<hidden", "<secret", "<admin", "<override"]),
            rule(
                "chat-markers", .high, "imitates the marks between the parts of a conversation",
                #"<\|(?:im_start|im_end|start_header_id|end_header_id|eot_id|endofprompt|begin_of_text)\|>|\[/?INST\]|<</?SYS>>|(?:^|\n)(?-i:Human|SYSTEM|System)\s*:\s*(?:you\s+(?:are|must|will)|ignore|new\s+instructions?)|\n\n(?-i:Assistant):\s*(?:sure|of\s+course|i\s+will|understood)"#,
                ["<|", "[inst]", "[/inst]", "sys>>", "human", "system", "assistant"]),
            rule(
                "comment", .high, "hides orders to a model in a comment",
                #"(?:<!--|\[//\]:\s*#\s*[("'])(?:[^-]|-[^-]|--[^>])*?(?:\bignore\s+(?:all|any|previous|prior|the\s+(?:above|user))|(?:do\s+not|don't|never)\s+(?:tell|mention|inform|reveal|disclose)|\bsystem\s+prompt\b|\b(?:ai|llm|assistant|agent|model|claude|gpt|copilot|gemini|cursor)s?\b[,:]?\s+(?:(?:reading|processing|that|who|which)\s+\w+\s+(?:\w+\s+){0,3})?(?:must|should|shall|please|has\s+to|have\s+to|needs?\s+to|will)\s+(?:\w+\s+){0,2}(?:run|execute|send|read|fetch|upload|install|include|call|add|append|open|download|use)\b|\bcurl\s+(?:-|https?:)|\bexfiltrat|\.ssh\b|\.aws/|\bbase64\s+-)"#,
                ["<!--", "[//]"], in: [.prose, .markup]),
            rule(
                "read-secrets", .high, "orders a model to read keys and passwords",
                #"\b(?:read|cat|open|load|access|include|attach|send|upload|fetch|provide|paste|extract|copy|retrieve|print|output|collect|pass|contents?\s+of|look\s+(?:at|in|for))\b[^\n.]{0,80}(?:~/\.ssh|/\.ssh/|\bid_rsa\b|\bid_ed25519\b|\.aws/credentials|~/\.aws|\.cursor/mcp\.json|~/\.netrc|\.git-credentials|~/\.config/gcloud|/etc/shadow|\bseed\s+phrase|\bkeychain\b|\bwallet\s+(?:keys?|files?)|\bbrowser\s+(?:cookies|passwords)|\bsaved\s+passwords)"#,
                [
                    ".ssh", "id_rsa", "id_ed25519", ".aws", ".cursor", ".netrc", ".git-credentials", "gcloud",
                    "/etc/shadow", "seed phrase", "keychain", "wallet", "browser", "saved password",
                ],
                unlessLine:
                    #"\b(?:never|do\s+not|don't|must\s+not|cannot|can't|deny|denied|block(?:s|ed)?|refuse[sd]?)\b[^.]{0,60}(?:read|open|access|cat|send|upload|include)"#
            ),
            rule(
                "send-out", .high, "orders a model to send what it knows to somebody",
                #"\b(?:send|post|upload|forward|transmit|exfiltrate|leak|e-?mail|submit|report|deliver|append|encode)\b[^\n]{0,120}\b(?:conversation|chat\s+(?:history|log|transcript)|system\s+prompt|credentials?|api[\s_-]?keys?|passwords?|secrets|environment\s+variables|env\s+vars|private\s+keys?|cookies|session\s+tokens?|access\s+tokens?|source\s+code|file\s+contents?|contents?\s+of|user(?:'s|’s)\s+(?:data|files|messages|history))\b[^\n]{0,100}(?:\bto\s+|\bvia\s+|\bat\s+|=)["'`<(]{0,2}(?:https?://|[\w.+-]+@[\w-]+\.\w{2,})"#,
                ["http", "@"],
                unlessLine:
                    #"\b(?:never|do\s+not|don't|must\s+not|avoid)\s+(?:send|post|upload|forward|email|submit|share)|https?://(?:localhost|127\.0\.0\.1)"#
            ),
            rule(
                "blind-copy", .high, "orders a blind copy of mail to somebody",
                #"\b(?:always|also|must|silently|secretly|automatically)\s+(?:\w+\s+){0,3}(?:bcc|cc|copy|forward)\b[^\n]{0,80}[\w.+-]+@[\w-]+\.\w{2,}|\b(?:bcc|forward)\s+(?:every|all|each)\s+(?:\w+\s+){0,4}to\s+["'`<]?[\w.+-]+@"#,
                ["@"]),
            rule(
                "before-use", .medium, "makes a tool's use depend on reading something else first",
                #"\bbefore\s+(?:using|calling|invoking|running|executing)\s+(?:this|any(?:\s+other)?|the|other)\s+tools?\b[^\n]{0,160}\b(?:read|send|include|access|cat|fetch|pass|collect)\b[^\n]{0,80}(?:~|/|\.env|config|credential|key|file)|\b(?:otherwise|or)\s+(?:the|this)\s+tool\s+(?:will\s+not|won't|does\s+not|doesn't|cannot)\s+work"#,
                ["tool"]),
            rule(
                "shadow-tools", .medium, "says how other tools are to be used",
                #"\b(?:when|whenever|if|once)\s+(?:the\s+|an?\s+|any\s+)?(?:[\w-]+\s+){0,3}(?:tool|server|function)\s+(?:[\w-]+\s+){0,4}(?:is|are|gets)\s+(?:\w+\s+)?(?:used|called|invoked|available|present)\b[^\n]{0,160}\b(?:must|instead|redirect|replace|recipient|override|change\s+the)\b|\b(?:never|do\s+not|don't)\s+use\s+(?:any\s+|the\s+)?other\s+(?:\w+\s+)?tools?\b|\b(?:this|the)\s+tool\s+(?:overrides|supersedes|replaces|takes\s+precedence\s+over)\s+(?:all\s+|any\s+|every\s+)?(?:other|previous|existing)"#,
                ["tool", "server", "function"]),
            rule(
                "unbound", .high, "orders a model to leave its bounds",
                #"\byou\s+are\s+(?:now\s+)?(?:DAN\b|in\s+(?:developer|debug|god|admin|root)\s+mode|unrestricted|jailbroken|free\s+(?:from|of)\s+(?:all\s+|any\s+)?(?:restrictions|rules|limits|guidelines))|\b(?:developer|debug|god|admin)\s+mode\s+(?:is\s+)?(?:now\s+)?(?:enabled|activated)\b|\bdo\s+anything\s+now\b|\bjailbreak(?:en|ed)?\s+(?:mode|yourself)|\b(?:act|behave|respond|pretend)\s+(?:as|like)\s+(?:if\s+)?(?:an?\s+|you\s+(?:are|were)\s+(?:an?\s+)?)?(?:unrestricted|unfiltered|uncensored|jailbroken)|\b(?:ignore|disable|bypass|without)\s+(?:all\s+|any\s+|your\s+|the\s+)*(?:ethical|safety|content|moral)\s+(?:restrictions|guidelines|filters?|policy|policies|limits|constraints|guardrails|checks)\b"#,
                [
                    "mode", "anything", "jailbr", "unrestricted", "unfiltered", "uncensored", "free", "ethical",
                    "safety", "content", "moral", " dan",
                ]),
            rule(
                "new-orders", .high, "speaks to a model as if it were its maker or its user",
                #"\b(?:this\s+is\s+(?:an?\s+)?(?:official\s+|urgent\s+|important\s+)*(?:message|instruction|directive|notice|order|update)\s+from\s+(?:the\s+)?(?:anthropic|openai|google|system|administrators?|security\s+team)|(?:system|admin|administrator|security)\s+override\s*[:\]]|new\s+(?:system\s+)?instructions?\s*(?::|from\s+(?:the\s+)?(?:system|admin|developer))|your\s+(?:new|real|true|actual)\s+(?:instructions?|task|goal|purpose|objective)\s+(?:is|are)\b)"#,
                [
                    "message", "instruction", "directive", "notice", "order", "update", "override", "task", "goal",
                    "purpose", "objective",
                ]),
            rule(
                "show-orders", .medium, "asks for a model's own orders",
                #"\b(?:reveal|print|repeat|output|show|leak|dump|return|give\s+me|tell\s+me)\s+(?:me\s+)?(?:your|the|its)\s+(?:full\s+|entire\s+|hidden\s+|initial\s+|original\s+|complete\s+|exact\s+)*(?:system\s+prompt|hidden\s+instructions?|initial\s+instructions?)\b"#,
                ["system prompt", "instruction"]),
            rule(
                "no-questions", .medium, "orders a model to act without asking",
                #"\bwithout\s+(?:asking|requesting|waiting\s+for|requiring|seeking)\s+(?:for\s+)?(?:the\s+|any\s+)?(?:user(?:'s|’s)?\s+)?(?:user|permission|confirmation|approval|consent)\b|\b(?:auto-?approve|automatically\s+approve)\s+(?:all|every|any)\b|\b(?:disable|skip|bypass|turn\s+off)\s+(?:all\s+|any\s+|the\s+|every\s+)?(?:user\s+)?(?:safety|security|permission|approval|confirmation|sandbox)\s+(?:checks?|prompts?|dialogs?|restrictions?|mode|requests?)\b"#,
                ["without", "approve", "disable", "skip", "bypass", "turn off"]),
            rule(
                "picture-leak", .high, "sends data in the address of a picture",
                #"!\[[^\]\n]{0,200}\]\(\s*https?://[^)\s]{1,300}[?&/=][\w-]{0,40}=?(?:\{\{?|\$\{|%7B|<|\[)\s*(?:[a-z_ -]*(?:data|secret|key|token|history|conversation|content|message|base64|encoded|summary|user|prompt|password|context|chat|info)[a-z_ -]*)"#,
                ["!["]),
            rule(
                "lasting-orders", .medium, "puts orders into a model's memory",
                #"\b(?:add|write|append|save|store|insert|persist)\b[^\n.]{0,100}\b(?:to|in|into)\s+(?:your\s+|the\s+|its\s+)?(?:long-?term\s+|persistent\s+|permanent\s+)?(?:memory|memories|CLAUDE\.md|AGENTS\.md|\.cursorrules|system\s+prompt)\b[^\n]{0,120}\b(?:always|never|all\s+future|every\s+(?:future\s+)?(?:session|conversation|request)|from\s+now\s+on|permanently)\b"#,
                ["memory", "memories", "claude.md", "agents.md", ".cursorrules", "system prompt"]),
            rule(
                "run-told", .high, "orders a model to run something encoded",
                #"\b(?:run|execute|decode|eval(?:uate)?)\b[^\n]{0,80}\b(?:base64|rot13|hex|encoded|decoded|obfuscated)\b[^\n]{0,60}\b(?:command|script|payload|string|instructions?|code)\b[^\n]{0,60}[:`"'\s]([A-Za-z0-9+/]{32,}={0,2})"#,
                ["base64", "rot13", "hex", "encoded", "decoded", "obfuscated"]),
        ])

    private static let ignoring = ["ignore", "disregard", "forget", "override", "bypass", "discard", "follow"]
    private static let ignoreOrders =
        #"\b(?:ignore|disregard|forget|override|bypass|discard|do not follow|don't follow|stop following)\s+(?:(?:all|any|every|the|your|of|these|those|my|its|everything|and)\s+){0,4}(?:previous|prior|preceding|above|earlier|existing|original|initial|system|former)(?:ly)?\s+(?:[a-z]+\s+){0,2}(?:instructions?|prompts?|rules?|guidelines?|directives?|constraints?|commands?|orders|programming|messages?|guardrails)\b"#

    private static func rule(
        _ name: String, _ severity: Severity, _ message: String, _ pattern: String, _ keywords: [String],
        in languages: Set<Language> = [], unlessLine: String? = nil
    ) -> Rule {
        Rule(
            "poison.\(name)", severity, message,
            advice: "take out the text that gives orders to a model, or say in plain sight why it is there", pattern,
            keywords: keywords, in: languages, ignoresCase: true, unlessLine: unlessLine)
    }
}
