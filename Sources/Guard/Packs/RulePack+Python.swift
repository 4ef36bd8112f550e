extension RulePack {
    /// Python that starts programs, runs text as code, or hides either.
    package static let python = RulePack(
        name: "python", version: "1.0.0",
        rules: [
            Rule(
                "py.subprocess", .low, "starts programs", advice: programs,
                #"(?m)^\s*(?:from\s+subprocess\s+import|import\s+(?:[\w.]+\s*,\s*)*subprocess\b)|\basyncio\s*\.\s*create_subprocess"#,
                keywords: ["subprocess"], in: [.python]),
            Rule(
                "py.shell", .medium, "starts programs through a shell", advice: programs,
                #"\bshell\s*=\s*True\b|\bos\s*\.\s*(?:system|popen)\s*\(|\bfrom\s+os\s+import\s[^\n]{0,120}\b(?:system|popen)\b|\bcreate_subprocess_shell\s*\("#,
                keywords: ["shell", "system", "popen"], in: [.python]),
            Rule(
                "py.exec-program", .medium, "replaces itself by another program", advice: programs,
                #"\bos\s*\.\s*(?:exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)\s*\("#, keywords: ["exec", "spawn"],
                in: [.python]),
            Rule(
                "py.eval", .medium, "evaluates text as code", advice: readable,
                #"(?m)(?:^|[^.\w"'`#])(?:eval|exec)\s*\(\s*[^)\s]"#, keywords: ["eval", "exec"], in: [.python],
                unlessLine: #"\bdef\s+(?:eval|exec)\b|^\s*#"#),
            Rule(
                "py.builtins", .high, "reaches eval or exec under another name", advice: readable,
                #"\b(?:__builtins__|builtins)\s*(?:\[|\.\s*(?:eval|exec|compile|__import__|__dict__|__getattribute__)\b)|\bgetattr\s*\(\s*(?:os|subprocess|builtins|__builtins__|importlib|socket)\s*,\s*(?:["'](?:system|popen|Popen|exec\w*|spawn\w*|eval|compile|__import__|call|run|check_output|getoutput|import_module)["']|["'][^"'\n]{0,30}["']\s*(?:\+|\[|\.|%|f["'])|[^"'\s])|(?:^|[^.\w])(?:=|\(|,|\[)\s*(?:eval|exec|__import__)\s*(?:[,)\]\n]|$)|\b(?:os|subprocess)\s*\.\s*__dict__\b|\bsys\s*\.\s*modules\s*\[\s*["'](?:os|subprocess|builtins)["']|\b__subclasses__\s*\(|\b__globals__\s*\[|\b(?:globals|locals|vars)\s*\(\s*\)\s*\[\s*["'](?:__builtins__|eval|exec|__import__)"#,
                keywords: [
                    "builtins", "getattr", "eval", "exec", "__import__", "__dict__", "modules", "__subclasses__",
                    "__globals__",
                ], in: [.python]),
            Rule(
                "py.computed-import", .high, "imports a module in a way that hides it", advice: readable,
                #"\b__import__\s*\(\s*(?:["'](?:os|sys|subprocess|socket|ctypes|builtins|pty|urllib|requests|base64|marshal|shutil)["']|["'][^"'\n]{0,40}["']\s*(?:\+|\[|\.)|\w+\s*\()|\bimport_module\s*\(\s*(?:["'][^"'./\n]{0,40}["']\s*(?:\+|\[|\.)|base64|bytes|chr|["'](?:os|subprocess|socket|ctypes|pty)["'])"#,
                keywords: ["__import__", "import_module"], in: [.python]),
            Rule(
                "py.import-alias", .medium, "imports a module under a name that hides it", advice: readable,
                #"(?m)^\s*(?:import\s+(?:os|subprocess|socket|builtins|ctypes|pty)\s+as\s+\w+|from\s+(?:os|subprocess|builtins|importlib)\s+import\s+\w+\s+as\s+\w+)"#,
                keywords: ["import"], in: [.python], unless: #"\bas\s+(?:sp|_?subprocess|_?os|_?socket)$"#),
            Rule(
                "py.unpickle", .medium, "reads data in a form that can run code",
                advice: "read JSON instead: whoever writes such data runs code here",
                #"\b(?:c?[Pp]ickle|dill|cloudpickle|joblib|jsonpickle)\s*\.\s*(?:loads?|decode)\s*\(|\byaml\s*\.\s*(?:unsafe_load|full_load)\s*\(|\byaml\s*\.\s*load\s*\([^)\n]{0,120}(?:Unsafe|Full)?Loader\s*=?\s*(?:yaml\.)?(?:UnsafeLoader|Loader)\b"#,
                keywords: ["pickle", "dill", "joblib", "yaml"], in: [.python]),
            Rule(
                "py.bytecode", .high, "runs byte code that cannot be read", advice: readable,
                #"\bmarshal\s*\.\s*loads?\s*\(|\btypes\s*\.\s*(?:CodeType|FunctionType)\s*\(|\b__pyarmor__\b|\bpytransform\b"#,
                keywords: ["marshal", "codetype", "functiontype", "pyarmor", "pytransform"], in: [.python]),
            Rule(
                "py.native", .low, "calls native code", advice: "see which libraries are loaded, and why",
                #"(?m)^\s*(?:import|from)\s+(?:ctypes|cffi)\b"#, keywords: ["ctypes", "cffi"], in: [.python]),
            Rule(
                "py.terminal", .high, "gives a shell to somebody", advice: "remove the shell that is handed out",
                #"\bpty\s*\.\s*spawn\s*\(|\bos\s*\.\s*dup2\s*\(\s*\w+\s*\.\s*fileno\s*\("#, keywords: ["pty", "dup2"],
                in: [.python]),
            Rule(
                "py.environment-dump", .high, "takes the whole environment", advice: environment,
                #"\b(?:json\s*\.\s*dumps|str|repr|urlencode)\s*\(\s*(?:dict\s*\(\s*)?(?:\*\*)?os\s*\.\s*environ\s*[,)]|\b(?:json|data|params|files)\s*=\s*(?:dict\s*\(\s*)?os\s*\.\s*environ\s*[,)]"#,
                keywords: ["environ"], in: [.python]),
            Rule(
                "py.install", .medium, "installs packages while it runs",
                advice: "declare what is needed, with versions, instead of installing it at run time",
                #"["']pip3?["']\s*,\s*["']install["']|\bpip\s*\.\s*main\s*\(|\b(?:system|popen|run|call|check_call)\s*\(\s*f?["'](?:\S+\s+-m\s+)?(?:pip3?|uv pip|conda|apt(?:-get)?|npm)\s+install\b"#,
                keywords: ["install", "pip"], in: [.python]),
            Rule(
                "py.setup-hook", .medium, "runs code when it is installed",
                advice: "remove the install hooks of setup.py, or say why they are needed",
                #"\bcmdclass\s*=\s*\{"#, keywords: ["cmdclass"], in: [.python], paths: #"(?:^|/)setup\.py$"#),
            Rule(
                "py.path-hook", .critical, "runs code whenever Python starts",
                advice: "remove the code: a .pth file is for folders", #"(?m)^import[ \t]"#, keywords: ["import"],
                paths: #"\.pth$"#),
            Rule(
                "py.remote-code", .critical, "runs what it has fetched",
                advice: "never run what comes from the network",
                #"(?:^|[^.\w])(?:exec|eval|compile)\s*\(\s*(?:requests|httpx|urllib\d?|urlopen|session)\b[^\n]{0,160}|(?:^|[^.\w])exec\s*\(\s*\w+\s*\.\s*(?:text|content|read\s*\(\s*\)(?:\s*\.\s*decode\s*\([^)]*\))?)\s*[,)]"#,
                keywords: ["exec", "eval", "compile"], in: [.python]),
        ])

    private static let programs = "see which programs are started, and whether the capsule needs that"
    private static let readable = "write the code so that it can be read: plain imports, plain calls, no text as code"
    private static let environment = "read the variables that are needed by name: the environment may hold secrets"
}
