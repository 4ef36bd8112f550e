extension RulePack {
    /// Commands that attack, in scripts and wherever else somebody or an agent may run them from.
    package static let shell = RulePack(
        name: "shell", version: "1.0.0",
        rules: [
            Rule(
                "sh.fetch-and-run", .high, "runs what it has fetched", advice: fetched, fetchAndRun,
                keywords: ["curl", "wget", "fetch"], in: [.shell, .python, .javascript, .data],
                unlessLine: #"^\s*(?:#|//|\*)"#),
            Rule(
                "sh.fetch-and-run-told", .medium, "tells to run what is fetched", advice: fetched, fetchAndRun,
                keywords: ["curl", "wget", "fetch"], in: [.prose, .markup]),
            Rule(
                "sh.powershell", .high, "runs what it has fetched", advice: fetched,
                #"\b(?:iex|Invoke-Expression)\b[^\n]{0,200}(?:DownloadString|\biwr\b|\birm\b|Invoke-WebRequest|Invoke-RestMethod|Net\.WebClient)|(?:DownloadString|\biwr\b|Invoke-WebRequest)[^\n]{0,200}\|\s*(?:iex|Invoke-Expression)\b"#,
                keywords: ["iex", "invoke-expression"], in: [.shell, .python, .javascript, .data], ignoresCase: true),
            Rule(
                "sh.powershell-encoded", .critical, "runs an encoded command", advice: decoded,
                #"\bpowershell(?:\.exe)?\b[^\n]{0,120}\s[-/]e(?:c|nc|ncodedcommand)?\s+["']?[A-Za-z0-9+/=]{40,}"#,
                keywords: ["powershell"], ignoresCase: true),
            Rule(
                "sh.reverse-shell", .critical, "gives a shell to a machine elsewhere", advice: removed,
                #"\b(?:ba|z|k|da)?sh\s+(?:-\w+\s+)*-\w*i\b[^\n]{0,80}/dev/(?:tcp|udp)/|/dev/(?:tcp|udp)/[^\n]{0,80}(?:0>&1|0<&|<&\d+\s+>&|\|\s*while\s+read|;\s*(?:cat|while\s+read)[^\n]{0,60}\|\s*(?:ba)?sh)|\bn(?:c|cat|etcat)\b[^\n]{0,80}\s(?:-[a-z]*e|-c|--exec)\s*["']?(?:/\w+)*/?(?:ba|z|da)?sh\b|\bmkfifo\b[^\n]{0,160}\bn(?:c|cat)\b|\bsocat\b[^\n]{0,160}\bexec:|\bfsockopen\s*\([^\n]{0,120}\b(?:exec|proc_open|shell_exec)\b|\bTCPSocket\.(?:new|open)\b[^\n]{0,120}\bexec\b"#,
                keywords: ["/dev/tcp", "/dev/udp", "nc", "ncat", "netcat", "mkfifo", "socat", "fsockopen", "tcpsocket"]),
            Rule(
                "sh.connects", .medium, "opens a connection by the shell", advice: removed,
                #"/dev/(?:tcp|udp)/[\w.${}:\[\]-]+/"#, keywords: ["/dev/tcp", "/dev/udp"],
                unless: #"/(?:localhost|127\.0\.0\.1|\[?::1)"#),
            Rule(
                "sh.reverse-shell-python", .critical, "gives a shell to a machine elsewhere", advice: removed,
                #"\bsocket\s*\.\s*socket\s*\([\s\S]{0,400}\bdup2\s*\([\s\S]{0,400}(?:/bin/(?:ba|z)?sh|subprocess|pty\s*\.\s*spawn)"#,
                keywords: ["dup2"]),
            Rule(
                "sh.send-secrets", .critical, "sends secrets to a machine elsewhere", advice: removed,
                #"\b(?:curl|wget)\b[^\n]{0,300}(?:-d|--data(?:-\w+)?|-F|--form|-T|--upload-file|--post-data|--post-file|-H)[ =]*["']?[^\n]{0,160}(?:\$\(\s*(?:cat|env|printenv|base64|tar|whoami|history)\b|`\s*(?:cat|env|printenv|base64)\b|@(?:~|\$HOME|\$\{HOME\}|/etc/|/root/|\.env\b|\S*id_rsa))|\b(?:env|printenv|set|cat\s+(?:~|\$HOME|/etc/|/root/|\S*\.env\b|\S*id_)\S*|history)\s*(?:\|\s*base64[^\n|]{0,20})?\|\s*[^\n|]{0,20}\b(?:curl|wget|nc|ncat)\b"#,
                keywords: ["curl", "wget", "nc"]),
            Rule(
                "sh.name-lookup-leak", .high, "sends data in a name look-up", advice: removed,
                #"\b(?:nslookup|dig|host|ping)\b[^\n|;&]{0,60}(?:\$\(|`)[^\n]{0,120}\.[a-z]{2,}"#,
                keywords: ["nslookup", "dig", "host", "ping"], in: [.shell]),
            Rule(
                "sh.collector", .high, "names a place that collects what is sent there", advice: removed,
                #"\b(?:webhook\.site|requestbin\.(?:com|net)|[\w-]+\.m\.pipedream\.net|burpcollaborator\.net|oastify\.com|interact\.sh|oast\.(?:fun|live|me|online|pro|site)|dnslog\.cn|canarytokens\.com|beeceptor\.com|transfer\.sh|pastebin\.com/raw|discord(?:app)?\.com/api/webhooks/\d|api\.telegram\.org/bot\d)"#,
                keywords: [
                    "webhook.site", "requestbin", "pipedream", "burpcollaborator", "oast", "interact.sh", "dnslog",
                    "canarytokens", "beeceptor", "transfer.sh", "pastebin", "webhooks", "telegram",
                ]),
            Rule(
                "sh.tunnel", .medium, "names a tunnel to somebody's machine", advice: removed,
                #"\b[\w-]+\.(?:ngrok(?:-free)?\.(?:io|app|dev)|trycloudflare\.com|loca\.lt|serveo\.net)\b"#,
                keywords: ["ngrok", "trycloudflare", "loca.lt", "serveo"]),
            Rule(
                "sh.credential-files", .high, "reads files that hold keys and passwords", advice: credentials,
                #"(?:~|\$HOME|\$\{HOME\}|\$env:USERPROFILE|expanduser|homedir|home\(\)|userhome|/root|/home/[\w.-]+|/Users/[\w.-]+)[^\n]{0,60}(?:\.ssh\b|\.aws/credentials|\.aws["'/]|\.netrc\b|\.pypirc\b|\.docker/config\.json|\.kube/config|\.gnupg\b|\.git-credentials|\.config/gcloud|\.azure/|\.cursor/mcp\.json)"#,
                keywords: [
                    ".ssh", ".aws", ".netrc", ".pypirc", ".docker", ".kube", ".gnupg", ".git-credentials", "gcloud",
                    ".azure",
                    ".cursor",
                ], in: [.shell, .python, .javascript], unless: #"\.ssh/known_hosts|\.pub\b"#,
                unlessLine: #"^\s*(?:#|//|\*)"#),
            Rule(
                "sh.private-key-file", .medium, "names a file that holds a private key", advice: credentials,
                #"\.ssh/id_(?:rsa|ed25519|ecdsa|dsa)\b"#, keywords: [".ssh"], unlessLine: #"\.pub\b|ssh-keygen|ssh-add"#
            ),
            Rule(
                "sh.browser-secrets", .critical, "reads what a browser keeps", advice: credentials,
                #"(?:Google[/\\]+Chrome|Chromium|BraveSoftware|Mozilla[/\\]+Firefox|\.mozilla/firefox|Microsoft[/\\]+Edge)[^\n]{0,120}(?:Login Data|Cookies|logins\.json|key4\.db|Local State|Web Data)"#,
                keywords: ["chrome", "chromium", "brave", "firefox", "edge"]),
            Rule(
                "sh.wallets", .high, "reads wallets", advice: credentials,
                #"\bwallet\.dat\b|\.config/solana/id\.json|\.electrum/wallets|Exodus[/\\]exodus\.wallet|\bnkbihfbeogaeaoehlefnkodbefgpgknn\b|\.ethereum/keystore|\.bitcoin/"#,
                keywords: ["wallet", "solana", "electrum", "exodus", "nkbihfb", "keystore", ".bitcoin"]),
            Rule(
                "sh.system-secrets", .high, "reads the system's passwords or another process's environment",
                advice: credentials,
                #"(?:^|[\s"'(=<])/etc/(?:shadow|sudoers)\b|/proc/(?:self|\d+|\$\w+|\*)/environ\b|\bsecurity\s+(?:find-(?:generic|internet)-password|dump-keychain)\b|\bsecret-tool\s+(?:search|lookup)\b|\bvaultcmd\b"#,
                keywords: ["/etc/", "/proc/", "security", "secret-tool", "vaultcmd"],
                in: [.shell, .python, .javascript, .data]),
            Rule(
                "sh.cloud-metadata", .high, "asks the cloud for the machine's credentials", advice: credentials,
                #"\b169\.254\.169\.254\b|\bmetadata\.google\.internal\b|\b169\.254\.170\.2\b|fd00:ec2::254"#,
                keywords: ["169.254", "metadata.google", "fd00:ec2"], in: [.shell, .python, .javascript]),
            Rule(
                "sh.destroy", .high, "deletes what is not the capsule's", advice: removed,
                #"\brm\s+(?:-{1,2}[\w-]+\s+)*-[a-zA-Z]*[rR][a-zA-Z]*\s+(?:-{1,2}[\w-]+\s+)*["']?(?:/|/\*|~/?|~/\*|\$HOME/?|\$\{HOME\}/?|\*)["']?(?:\s|;|&|\||\)|$)|\bmkfs(?:\.\w+)?\s+(?:-\S+\s+)*/dev/|\bdd\b[^\n]{0,80}\bof=/dev/(?:sd|nvme|vd|hd|disk)|>\s*/dev/(?:sd|nvme|vd)[a-z0-9]|\brmtree\s*\(\s*(?:["'](?:/|~)["']|os\.path\.expanduser\(\s*["']~/?["']\s*\)|Path\.home\(\))"#,
                keywords: ["rm", "mkfs", "dd", "/dev/", "rmtree"]),
            Rule(
                "sh.fork-bomb", .critical, "starts processes without end", advice: removed,
                #":\s*\(\s*\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:|\bwhile\s+True\s*:\s*os\s*\.\s*fork\s*\("#,
                keywords: ["|", "fork"]),
            Rule(
                "sh.persist", .high, "makes itself run again later", advice: persisted,
                #"\(\s*crontab\s+-l[^\n]{0,200}\|\s*crontab\b|\|\s*crontab\s+-(?:\s|$|["'])|>>?\s*["']?/etc/(?:cron|profile|rc\.local|ld\.so\.preload|sudoers|systemd)|>>?\s*\S{0,80}(?:authorized_keys|/LaunchAgents/|/LaunchDaemons/)|\b(?:tee|cp|mv)\s[^\n]{0,120}(?:/etc/(?:cron|systemd|sudoers|ld\.so)|authorized_keys|/LaunchAgents/)|\bschtasks\s[^\n]{0,40}/create|CurrentVersion\\+Run\b"#,
                keywords: [
                    "crontab", "/etc/", "authorized_keys", "launchagents", "launchdaemons", "schtasks",
                    "currentversion",
                ], ignoresCase: true),
            Rule(
                "sh.start-files", .medium, "changes the files that a shell starts with", advice: persisted,
                #">>?\s*["']?(?:~|\$HOME|\$\{HOME\})/\.(?:bashrc|zshrc|profile|bash_profile|zprofile|zshenv|config/fish)"#,
                keywords: [".bashrc", ".zshrc", "profile", ".zshenv", "fish"], in: [.shell, .python, .javascript]),
            Rule(
                "sh.agent-files", .high, "changes what agents are told or allowed", advice: persisted,
                #">>?\s*["']?\S{0,80}(?:CLAUDE\.md|AGENTS\.md|GEMINI\.md|\.cursorrules|\.mcp\.json|mcp\.json|\.claude/settings\S{0,12}\.json|claude_desktop_config\.json|\.windsurfrules|copilot-instructions\.md)|(?:writeFile(?:Sync)?|appendFile(?:Sync)?|open)\s*\([^\n]{0,120}(?:CLAUDE\.md|AGENTS\.md|\.cursorrules|\.claude/settings|claude_desktop_config\.json|\.cursor/mcp\.json)["'`)][^\n]{0,40}(?:["'](?:w|a)|,)"#,
                keywords: [
                    "claude", "agents.md", "gemini.md", ".cursorrules", "mcp.json", ".windsurfrules",
                    "copilot-instructions",
                ], in: [.shell, .python, .javascript]),
            Rule(
                "sh.unguarded-agent", .high, "starts an agent that asks nobody", advice: removed,
                #"--dangerously-skip-permissions\b|--dangerously-bypass-approvals-and-sandbox\b|--trust-all-tools\b|\bgemini\b[^\n]{0,40}\s--yolo\b"#,
                keywords: ["--dangerously", "--trust-all", "--yolo"], in: [.shell, .python, .javascript, .data]),
            Rule(
                "sh.preload", .medium, "puts code into other programs", advice: removed,
                #"\b(?:LD_PRELOAD|DYLD_INSERT_LIBRARIES)["']?\]?\s*="#, keywords: ["ld_preload", "dyld_insert"],
                in: [.shell, .python, .javascript]),
            Rule(
                "sh.unguard", .high, "turns a protection off", advice: removed,
                #"\bsetenforce\s+0\b|\bufw\s+disable\b|\biptables\s+(?:-F|--flush)\b|\bcsrutil\s+disable\b|\bspctl\s+--(?:master|global)-disable\b|\bSet-MpPreference\b|\bchmod\s+(?:-R\s+)?(?:u?\+s|[246][0-7]{3})\b"#,
                keywords: [
                    "setenforce", "ufw", "iptables", "csrutil", "spctl", "set-mppreference", "chmod",
                ]),
            Rule(
                "sh.unquarantine", .medium, "takes the mark off a program that came from elsewhere", advice: removed,
                #"\bxattr\s+(?:-\w+\s+)*-\w*[dc]\w*\s[^\n]{0,80}com\.apple\.quarantine|\bxattr\s+-\w*c\w*\s"#,
                keywords: ["xattr"]),
            Rule(
                "sh.untraced", .high, "removes the traces of what was run", advice: removed,
                #"\bhistory\s+-c\b|\bunset\s+HISTFILE\b|\bHISTFILE=/dev/null|\bHISTSIZE=0\b|\brm\s+(?:-\w+\s+)*\S*\.(?:bash|zsh)_history|\bshred\s[^\n]{0,60}\$0|\brm\s+(?:-\w+\s+)*(?:--\s+)?"?\$(?:0|\{?BASH_SOURCE)"#,
                keywords: ["history", "histfile", "histsize", "shred", "$0", "bash_source"]),
            Rule(
                "sh.unchecked-tls", .low, "does not check who is at the other end",
                advice: "leave the check of certificates on",
                #"\bNODE_TLS_REJECT_UNAUTHORIZED["']?\]?\s*=\s*["']?0|\brejectUnauthorized\s*:\s*false|\bverify\s*=\s*False\b|\bStrictHostKeyChecking[= ]no\b|\b_create_unverified_context\b|\bcurl\s(?:[^\n|;]{0,120}\s)?(?:-k|--insecure)\b|\bhttp\.sslVerify\s+false"#,
                keywords: ["tls_reject", "rejectunauthorized", "verify", "stricthost", "unverified", "curl"],
                in: [.shell, .python, .javascript, .data]),
            Rule(
                "sh.git-hooks", .high, "makes git run other programs", advice: persisted,
                #"\bgit\s+config\b[^\n]{0,60}\b(?:core\.(?:sshCommand|hooksPath|fsmonitor|editor|pager)|filter\.\S+\.(?:clean|smudge)|alias\.\S+\s+["']?!)|>>?\s*\S{0,60}\.git/hooks/"#,
                keywords: ["git"], in: [.shell, .python, .javascript, .data], ignoresCase: true,
                unlessLine: #"hooksPath\s+\.?(?:husky|githooks|hooks)"#),
            Rule(
                "sh.root", .low, "asks for the rights of root", advice: "do without root, or say what for",
                #"(?m)(?:^|[;&|(`]|\bthen\s|\bdo\s)\s*sudo\s+\S"#, keywords: ["sudo"], in: [.shell]),
            Rule(
                "sh.foreign-index", .medium, "takes packages from another place",
                advice: "pin the packages, or use one index: a name can come from either",
                #"--extra-index-url\b|--(?:index-url|registry)[= ]+http://|\bregistry\s*=\s*http://"#,
                keywords: ["index-url", "registry"], in: [.shell, .python, .javascript, .data]),
        ])

    private static let fetchAndRun =
        #"\b(?:curl|wget|fetch)\s[^\n;]{0,300}\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:/(?:usr/)?bin/)?(?:env\s+)?(?:(?:ba|z|k|da|fi)?sh\b|(?:python[\d.]*|node|perl|ruby|php)\s*-?\s*(?:["'`);&|\n]|$))|\b(?:ba|z|k|da)?sh\s+(?:<\s*\(|-c\s+["']?\$\(|-c\s+["']?`)\s*(?:curl|wget)\b|\b(?:eval|source|\.)\s+["']?(?:\$\(|<\(|`)\s*(?:curl|wget)\b|\b(?:curl|wget)\s[^\n]{0,300}(?:&&|;)\s*(?:sudo\s+)?(?:chmod\s+(?:\+x|[0-7]*[1357][0-7]*)\s+(\S+)\s*(?:&&|;)\s*(?:sudo\s+)?)?(?:\./|(?:ba|z)?sh\s+|python3?\s+)\S+"#
    private static let fetched = "fetch a fixed version, check its digest, and let somebody read it before it runs"
    private static let decoded = "write commands so that they can be read"
    private static let removed = "remove it; if it is an example, say so in words instead"
    private static let credentials = "leave the user's keys and passwords alone: ask for what is needed as a setting"
    private static let persisted = "leave the user's system as it is, or tell the user what to change"
}
