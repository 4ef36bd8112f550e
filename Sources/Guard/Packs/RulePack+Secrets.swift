extension RulePack {
    /// Keys and passwords: well-known forms, and values of random text under a telling name.
    ///
    /// What is found is shown by its first four characters only. Texts of low entropy and such that say that they are examples are passed over.
    package static let secrets = RulePack(
        name: "secrets", version: "1.0.0",
        rules: [
            secret(
                "private-key", .critical, "a private key",
                #"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----[\s"'+,\\n]{0,40}(?:[\w-]+: [^\n]{0,80}\s+)*([A-Za-z0-9+/=]{40,})"#,
                ["private key"], entropy: 3.5),
            secret(
                "age-key", .critical, "a private key of age", #"\b(AGE-SECRET-KEY-1[0-9A-Z]{58})\b"#, ["age-secret-key"]
            ),
            secret("aws-key-id", .high, "an access key of AWS", #"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b"#, ["akia", "asia"]),
            secret(
                "aws-secret", .critical, "a secret key of AWS",
                #"(?i)aws[\w.-]{0,20}(?:secret|sk)[\w.-]{0,20}["']?\s*[:=]\s*["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
                ["aws"], entropy: 4.0),
            secret(
                "google-key", .high, "an API key of Google", #"\b(AIza[0-9A-Za-z_-]{35})(?:[^0-9A-Za-z_-]|$)"#, ["aiza"]
            ),
            secret("google-oauth", .high, "a client secret of Google", #"\b(GOCSPX-[0-9A-Za-z_-]{28})"#, ["gocspx-"]),
            secret(
                "azure-storage", .critical, "a key of Azure storage", #"AccountKey=([A-Za-z0-9+/]{86}==)"#,
                ["accountkey"]),
            secret(
                "github-token", .critical, "a token of GitHub",
                #"\b((?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}))\b"#,
                ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"]),
            secret(
                "gitlab-token", .critical, "a token of GitLab", #"\b(gl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,})"#,
                ["glpat-", "gldt-", "glrt-", "glptt-"]),
            secret(
                "openai-key", .critical, "an API key of OpenAI",
                #"\b(sk-(?:proj-|svcacct-|admin-)[A-Za-z0-9_-]{40,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})"#,
                ["sk-"]),
            secret(
                "anthropic-key", .critical, "an API key of Anthropic",
                #"\b(sk-ant-(?:api|admin|sid|oat)\d\d-[A-Za-z0-9_-]{60,})"#, ["sk-ant-"]),
            secret("hugging-face-token", .critical, "a token of Hugging Face", #"\b(hf_[A-Za-z]{34})\b"#, ["hf_"]),
            secret("replicate-token", .high, "a token of Replicate", #"\b(r8_[A-Za-z0-9]{37})\b"#, ["r8_"]),
            secret("groq-key", .high, "an API key of Groq", #"\b(gsk_[A-Za-z0-9]{52})\b"#, ["gsk_"]),
            secret(
                "slack-token", .critical, "a token of Slack",
                #"\b(xox[abeoprs]-(?:\d{8,13}-){1,3}[A-Za-z0-9-]{10,}|xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{60,})"#,
                ["xox", "xapp-"]),
            secret(
                "slack-webhook", .high, "a webhook of Slack",
                #"(https://hooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]{8,}/[A-Z0-9]{8,}/[A-Za-z0-9]{20,})"#,
                ["hooks.slack.com"]),
            secret("stripe-key", .critical, "a live key of Stripe", #"\b([rs]k_live_[A-Za-z0-9]{24,})\b"#, ["k_live_"]),
            secret("npm-token", .critical, "a token of npm", #"\b(npm_[A-Za-z0-9]{36})\b"#, ["npm_"]),
            secret("pypi-token", .critical, "a token of PyPI", #"\b(pypi-AgE[A-Za-z0-9_-]{50,})"#, ["pypi-age"]),
            secret(
                "sendgrid-key", .critical, "an API key of SendGrid", #"\b(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})"#,
                ["sg."]),
            secret("twilio-key", .high, "a key of Twilio", #"\b(SK[0-9a-f]{32})\b"#, ["sk"]),
            secret(
                "digitalocean-token", .critical, "a token of DigitalOcean", #"\b(do[opr]_v1_[0-9a-f]{64})\b"#, ["_v1_"]),
            secret(
                "doppler-token", .high, "a token of Doppler", #"\b(dp\.(?:pt|st|ct)\.[A-Za-z0-9._-]{40,})"#, ["dp."]),
            secret("databricks-token", .high, "a token of Databricks", #"\b(dapi[0-9a-f]{32})\b"#, ["dapi"]),
            secret("linear-key", .high, "an API key of Linear", #"\b(lin_api_[A-Za-z0-9]{40})\b"#, ["lin_api_"]),
            secret(
                "notion-token", .high, "a token of Notion", #"\b(ntn_[A-Za-z0-9]{43,}|secret_[A-Za-z0-9]{43})\b"#,
                ["ntn_", "secret_"]),
            secret(
                "shopify-token", .high, "a token of Shopify", #"\b(shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32})\b"#,
                ["shpat_", "shpca_", "shppa_", "shpss_"]),
            secret(
                "telegram-token", .high, "a token of a Telegram bot", #"\b(\d{8,10}:AA[A-Za-z0-9_-]{33})\b"#, [":aa"]),
            secret(
                "discord-token", .high, "a token of a Discord bot",
                #"\b([MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38})\b"#, ["discord", "bot"]),
            secret("amx-token", .critical, "a token of an Amx hub", #"\b(amx_[0-9a-f]{64})\b"#, ["amx_"]),
            secret(
                "jwt", .medium, "a signed token",
                #"\b(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})"#, ["eyj"]),
            secret(
                "url-password", .high, "a password in an address",
                #"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@"'<>{}$\[\]()]{1,64}:([^\s:/@"'<>{}$\[\]()*]{8,128})@[A-Za-z0-9.-]+"#,
                ["://"],
                entropy: 2.8,
                unlessLine:
                    #"@(?:localhost|127\.[\d.]+|host|db|postgres|redis|mysql|mongo|proxy)(?:[:/"'\s]|$)|example\.(?:com|org|net)|postgres:postgres"#
            ),
            secret(
                "authorization", .high, "a password or token in a header",
                #"(?i)\bauthorization["']?\s*[:=,]\s*["'`]?(?:basic|bearer|token)\s+([A-Za-z0-9+/_.=-]{24,})"#,
                ["authorization"],
                entropy: 3.8),
            secret(
                "assigned", .medium, "a random text under a name of secrets",
                #"(?i)(?:api[_-]?key|apikey|secret|token|passw(?:or)?d|passphrase|credential|private[_-]?key|access[_-]?key|auth[_-]?key)[\w-]{0,24}["'`]?\s*(?::|=|=>|:=)\s*["'`]([A-Za-z0-9+/_=~!@#%^&*-]{20,200})["'`]"#,
                ["key", "secret", "token", "passw", "passphrase", "credential"], entropy: 3.9,
                unless: words, unlessLine: #"integrity|sha(?:1|256|384|512)|checksum|digest|public[_-]?key|fingerprint"#
            ),
        ])

    /// Text that says that it is no secret, or is one of words.
    private static let placeholder =
        #"example|sample|placeholder|dummy|change[_-]?me|your|xxxx|\*\*\*|\.\.\.|redacted|test[_-]?(?:key|token|secret)|fake|12345678|abcdefgh|00000000|insert|replace|todo|foobar|deadbeef"#
    private static let words =
        placeholder + #"|^[a-z]+(?:[_\-/ ][a-z]+)*$|^[A-Za-z][a-z]+(?:[A-Z][a-z]+)*$|^[A-Z]+(?:_[A-Z]+)*$|^[^0-9]*$"#

    private static func secret(
        _ name: String, _ severity: Severity, _ message: String, _ pattern: String, _ keywords: [String],
        entropy: Double = 2.8, unless: String = placeholder, unlessLine: String? = nil
    ) -> Rule {
        var rule = Rule(
            "secret.\(name)", severity, message,
            advice: "revoke the secret, since it is in history now; have the user set it in the environment",
            pattern, keywords: keywords, group: 1, entropy: entropy, unless: unless, unlessLine: unlessLine)
        rule.isSecret = true
        return rule
    }
}
