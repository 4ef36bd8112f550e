import Foundation
import TestSupport
import Testing

/// What runs need, taken away one after the other, each for one command alone: nothing of the capsule runs, and the error says what is missing.
@Suite(.onTestThreads, .enabled(if: geteuid() == 0, "only root takes away what the system has"))
struct MissingPrimitivesTests {
    /// Something that is not there.
    struct Lack: CustomTestStringConvertible, Sendable {
        let name: String
        /// Lines of a shell that take it away, in a view of the file system of their own; `$bin` is where Amx's programs are.
        let lines: String
        /// The tool of the capsule that needs it.
        var tool = "py"
        var status: Int32 = 1
        /// Words of the error.
        let error: String
        /// The name and state of the check of `amx doctor`, and words of what it says.
        let check: (name: String, state: String, words: String)
        /// Another tool of the capsule, which does not need it.
        var other: String?
        /// Whether that is so for an ordinary user too.
        var isEverybodys = true

        var testDescription: String { name }
    }

    private static func hide(_ path: String) -> String { "mount --bind /dev/null \"$(realpath \(path))\"" }

    private static let noNamespaces =
        "bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces."

    static let lacks: [Lack] = [
        Lack(
            name: "bubblewrap", lines: hide("/usr/bin/bwrap"),
            error:
                "cannot make a sandbox: bubblewrap is not installed\nhint: install it, on Debian with `apt-get install bubblewrap`",
            check: (
                "sandbox", "missing",
                "bubblewrap is not installed; install it, on Debian with `apt-get install bubblewrap`"
            )),
        Lack(
            name: "the worker", lines: hide("$bin/amx-worker"),
            error: "/amx-worker\nhint: build it with `swift build -c release`, and keep it beside `amx`",
            check: (
                "worker", "missing", "/amx-worker; build it with `swift build -c release`, and keep it beside `amx`"
            )),
        Lack(
            name: "the engine of scripts", lines: hide("$bin/amx-js"), tool: "js",
            error: "/amx-js\nhint: `amx-js` belongs beside `amx-worker`; install Amx again",
            check: ("js", "missing", "cannot run JavaScript: there is no program"), other: "py"),
        Lack(
            name: "JavaScriptCore",
            lines: hide(
                "$(/sbin/ldconfig -p | sed -n 's,.*=> \\(.*libjavascriptcoregtk-4.1.so.0\\)$,\\1,p' | head -1)"),
            tool: "js",
            error:
                "cannot run JavaScript: there is no libjavascriptcoregtk-4.1.so.0\nhint: install JavaScriptCore, on Debian with "
                + "`apt-get install libjavascriptcoregtk-4.1-0`",
            check: ("js", "missing", "`apt-get install libjavascriptcoregtk-4.1-0`"), other: "py"),
        Lack(
            name: "python3", lines: hide("/usr/bin/python3"),
            error: "bwrap: execvp /usr/bin/python3: Permission denied",
            check: ("python3", "missing", "install it, on Debian with `apt-get install python3`"), other: "js"),
        Lack(
            name: "python3 of a server", lines: hide("/usr/bin/python3"), tool: "mcp",
            error:
                "the server 's' did not start: the sandbox could not be made: bwrap: execvp /usr/bin/python3: Permission denied",
            check: ("python3", "missing", "install it, on Debian with `apt-get install python3`"), other: "sh"),
        Lack(
            name: "namespaces", lines: "mount --bind \"$folder/bwrap\" /usr/bin/bwrap", error: noNamespaces,
            check: ("sandbox", "missing", "\(noNamespaces); user namespaces must be allowed")),
        Lack(
            name: "namespaces for scripts", lines: "mount --bind \"$folder/bwrap\" /usr/bin/bwrap", tool: "js",
            error: noNamespaces, check: ("sandbox", "missing", "\(noNamespaces); user namespaces must be allowed")),
        Lack(
            name: "namespaces for servers", lines: "mount --bind \"$folder/bwrap\" /usr/bin/bwrap", tool: "mcp",
            error: noNamespaces, check: ("sandbox", "missing", "\(noNamespaces); user namespaces must be allowed")),
        Lack(
            name: "system call filters", lines: "set -- /usr/bin/python3 \"$folder/refuse.py\" \"$@\"",
            error: "Unable to set up system call filtering as requested",
            check: ("sandbox", "missing", "system call filters must be allowed")),
        Lack(
            name: "/run/amx of root", lines: "mount -t tmpfs none /run; mkdir /run/amx; chown 1:1 /run/amx", status: 7,
            error: "/run/amx is not a folder that only this user may write\nhint: remove it; Amx makes it again",
            check: ("sandbox", "missing", "/run/amx is not a folder that only this user may write"),
            isEverybodys: false),
        Lack(
            name: "slots of root", lines: "mount -t tmpfs none /run; mkdir /run/amx; ln -s /tmp /run/amx/slots",
            tool: "js", status: 7, error: "/run/amx/slots is not a folder that only this user may write",
            check: ("sandbox", "missing", "/run/amx/slots is not a folder"), isEverybodys: false),
        Lack(
            name: "a /run that can be written", lines: "mount -t tmpfs none /run; mount -o remount,ro none /run",
            error: "cannot make /run/amx: Read-only file system",
            check: ("sandbox", "missing", "cannot make /run/amx: Read-only file system"), isEverybodys: false),
    ]

    /// Who runs Amx.
    enum User: CaseIterable, Sendable {
        case root
        case ordinary
    }

    private let work: AmxTool

    init() throws {
        work = try AmxTool().workspace()
        try work.json("new", "c")
        let members = """
            {"id": "c", "name": "C", "version": "1.0.0", "capabilities": {"kv": ["*"]},
             "resources": {"storage": {"persistent": "1MB"}},
             "mcpServers": [{"id": "s", "command": "python3", "args": ["s.py"]}],
             "tools": [\(["py": "a.py", "js": "a.js", "sh": "a.sh", "mcp": "mcp:s#x"].map {
                 #"{"name": "\#($0.key)", "description": "d", "inputSchema": {}, "handler": "\#($0.value)"}"#
             }.joined(separator: ","))]}
            """
        try work.write("c", "manifest.json", members)
        // What ran would have been heard of: each asks its host for something that stays.
        let call = #"{"jsonrpc":"2.0","id":1,"method":"kv.set","params":{"key":"ran","value":1}}"#
        try work.write("c", "a.py", "import os\nos.write(6,b'\(call)\\n'); os.read(6,9); print(1)\n")
        try work.write("c", "a.sh", "#!/bin/sh\necho '\(call)' >&6; read answer <&6; echo 1\n", executable: true)
        try work.write("c", "a.js", "function handler() { aimatrix.kv.set({key: 'ran', value: 1}); return 1 }\n")
        try work.write("c", "s.py", "print('\(call)',flush=True)\nimport time\ntime.sleep(1)\n")
        try work.home.write("bwrap", text: "#!/bin/sh\necho '\(Self.noNamespaces)' >&2\nexit 1\n", executable: true)
        try work.home.write("refuse.py", text: Self.refuse)
    }

    /// Starts a program for which the kernel has no system call filters: `prctl(PR_SET_SECCOMP)` and `seccomp` answer EINVAL.
    private static let refuse = """
        import ctypes,os,struct,sys
        libc=ctypes.CDLL(None); word=lambda *fields: struct.pack('HBBI',*fields)
        lines=(word(0x20,0,0,0)+word(0x15,3,0,317)+word(0x15,0,3,157)+word(0x20,0,0,16)+word(0x15,0,1,22)
            +word(6,0,0,0x50016)+word(6,0,0,0x7fff0000))
        kept=ctypes.create_string_buffer(lines)
        filter=ctypes.create_string_buffer(struct.pack('HxxxxxxQ',len(lines)//8,ctypes.addressof(kept)))
        assert libc.prctl(38,1,0,0,0)==0 and libc.prctl(22,2,filter,0,0)==0
        os.execv(sys.argv[1],sys.argv[1:])
        """

    /// Runs Amx where lines of a shell have taken something away.
    private func run(_ arguments: [String], as user: User, without lines: String) throws -> Tool.Outcome {
        try work.run(arguments, without: lines, ordinary: user == .ordinary)
    }

    private var hasRun: Bool {
        FileManager.default.fileExists(atPath: work.directory + "/.aimatrix/stores")
    }

    @Test(arguments: lacks, User.allCases) func whatIsMissingIsSaidAndNothingRuns(_ lack: Lack, _ user: User) throws {
        guard lack.isEverybodys || user == .root else { return }
        if lack.tool == "js" || lack.other == "js", !Self.hasScripts { return }
        let outcome = try run(["run", "c.\(lack.tool)"], as: user, without: lack.lines)
        #expect(outcome.status == lack.status, "\(outcome.text)\(outcome.errors)")
        #expect(outcome.errors.contains(lack.error), "\(outcome.errors)")
        if !outcome.text.isEmpty { #expect(outcome.text.contains("\"outcome\": \"setup_failed\"")) }
        #expect(!hasRun)
        // Its end is recorded as what it was.
        if let last = try work.json("events", "c")["events"].array.last, last["eventType"].string == "executed" {
            #expect(last["payload"]["outcome"].string == "setup_failed")
        }
        if let other = lack.other {
            let result = try run(["run", "c.\(other)"], as: user, without: lack.lines)
            #expect(result.status == 0, "\(result.errors)")
            #expect(hasRun)
        }
        let doctor = try run(["doctor"], as: user, without: lack.lines)
        let line = doctor.text.split(separator: "\n").first { $0.hasPrefix(lack.check.name) } ?? ""
        #expect(line.contains(lack.check.state) && line.contains(lack.check.words), "\(doctor.text)")
        #expect(doctor.status == (lack.other == nil ? 1 : 0))
    }

    private static let hasScripts = (try? AmxTool().run("doctor").text.contains("js       ok")) == true

    private static let hasModules = (try? AmxTool().run("doctor").text.contains("wasm     ok")) == true

    /// The kernel itself allows no further namespaces.
    @Test func aKernelWithoutNamespacesIsEnough() throws {
        let lines = """
            set -- unshare -U --map-user=1000 --keep-caps sh -c 'echo 0 > /proc/sys/user/max_user_namespaces
            exec setpriv --inh-caps=-all --ambient-caps=-all "$@"' sh "$@"
            """
        let outcome = try run(["run", "c.py"], as: .ordinary, without: lines)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the sandbox could not be made: bwrap: "), "\(outcome.errors)")
        #expect(outcome.errors.contains("hint: nothing of it has run; `amx doctor` says what this machine lacks"))
        #expect(!hasRun)
        #expect(try run(["doctor"], as: .ordinary, without: lines).text.contains("user namespaces must be allowed"))
    }

    /// Control groups are the one thing that is replaced by something weaker, which is said, and refused where that is wanted.
    @Test(arguments: User.allCases) func withoutControlGroupsMemoryIsWatched(_ user: User) throws {
        let none = user == .root ? "mount -t tmpfs none /sys/fs/cgroup" : ":"
        for tool in ["py", "sh"] {
            let result = try run(["run", "c.\(tool)", "--json"], as: user, without: none)
            #expect(try JSONNode(result.output)["resourceUsage"]["memoryWatched"].bool == true, "\(result.errors)")
        }
        if Self.hasModules {
            try work.json("new", "w", "--template", "wasm")
            let result = try run(["run", "w", "--json"], as: user, without: none)
            #expect(try JSONNode(result.output)["outcome"].string == "ok", "\(result.text)")
        }
        #expect(hasRun)
        try FileManager.default.removeItem(atPath: work.directory + "/.aimatrix/stores")
        #expect(try run(["doctor"], as: user, without: none).text.contains("memory   limited  memory is watched"))
        try work.json("config", "run.requireControlGroups", "true")
        for tool in ["py", "sh", "mcp"] + (Self.hasScripts ? ["js"] : []) {
            let refused = try run(["run", "c.\(tool)"], as: user, without: none)
            #expect(refused.status == 7)
            #expect(
                refused.errors == """
                    error: cannot hold the sandbox to its memory: this user has no control groups
                    hint: run as root where control groups are, or allow the memory to be watched

                    """)
        }
        #expect(!hasRun)
    }
}
