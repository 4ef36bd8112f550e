import Foundation
import TestSupport
import Testing

@testable import Isolation

/// Ways out of the sandbox: each line of Python must fail with one of some errors, so that it prints `ok`.
@Suite(.onTestThreads) struct EscapeTests {
    /// A way out, and what is tried.
    struct Attempt: CustomTestStringConvertible, Sendable {
        let name: String
        let lines: String
        var testDescription: String { name }

        init(_ name: String, _ lines: String) { (self.name, self.lines) = (name, lines) }
    }

    static let opened = "import os,sys,socket,ctypes,errno,glob\nlibc=ctypes.CDLL(None,use_errno=True)\n"
    private static func open(_ path: String, _ mode: String = "r") -> Attempt {
        Attempt("open \(path) \(mode)", "open(\(String(reflecting: path)),\(String(reflecting: mode)))")
    }
    private static func call(_ name: String, _ arguments: String) -> Attempt {
        Attempt(
            name,
            "libc.\(name).restype=ctypes.\(name == "syscall" ? "c_long" : "c_int")\nr=libc.\(name)(\(arguments))\nif r==-1: raise OSError(ctypes.get_errno())"
        )
    }
    private static func number(_ name: String, _ number: Int, _ arguments: String = "0,0,0,0") -> Attempt {
        call("syscall", "\(number),\(arguments)").named(name)
    }

    static let attempts: [Attempt] =
        [
            // Files of the host.
            open("/etc/shadow"), open("/etc/passwd"), open("/root/.ssh/id_ed25519"), open("/home"),
            open("/var/lib/dpkg/status"),
            open("/proc/kcore", "rb"), open("/proc/kmsg"),
            open("/sys/kernel/profiling"), open("/dev/mem", "rb"), open("/dev/kvm", "rb"), open("/dev/sda", "rb"),
            open("/dev/vda", "rb"),
            open("/dev/fuse", "rb"), open("/dev/kmsg"), open("/run/amx/slots/0.lock"), open("/tmp/../etc/shadow"),
            open("/proc/self/root/etc/shadow"), open("/proc/1/root/etc/shadow"),
            // Writing anywhere but below /tmp.
            open("/capsule/new", "w"), open("/capsule/secret.txt", "a"), open("/usr/bin/new", "w"), open("/new", "w"),
            open("/dev/new", "w"),
            open("/etc/new", "w"), open("/proc/sys/kernel/core_pattern", "w"), open("/proc/sys/kernel/hostname", "w"),
            open("/proc/sysrq-trigger", "w"), open("/proc/self/oom_score_adj_", "w"), open("/proc/self/uid_map", "w"),
            open("/proc/self/setgroups", "w"),
            Attempt(
                "link out",
                "os.link('/usr/bin/true','/tmp/x'); os.remove('/tmp/x'); raise OSError if os.stat('/usr').st_dev==os.stat('/tmp').st_dev else OSError"
            ),
            Attempt("write through a link", "os.symlink('/capsule/secret.txt','/tmp/s'); open('/tmp/s','w')"),
            Attempt("rename", "os.rename('/capsule/secret.txt','/tmp/secret')"),
            Attempt("chmod", "os.chmod('/capsule/secret.txt',0o777)"),
            Attempt("chown", "os.chown('/tmp',0,0)"),
            // Descriptors that were left open.
            Attempt(
                "descriptors",
                "n=[f for f in os.listdir('/proc/self/fd') if int(f)>3]\nif not n: raise OSError\nprint(n)"),
            // Network.
            Attempt("tcp", "socket.socket(socket.AF_INET)"), Attempt("tcp 6", "socket.socket(socket.AF_INET6)"),
            Attempt("raw", "socket.socket(socket.AF_INET,socket.SOCK_RAW,1)"),
            Attempt("netlink", "socket.socket(socket.AF_NETLINK,socket.SOCK_RAW)"),
            Attempt("packet", "socket.socket(socket.AF_PACKET,socket.SOCK_RAW)"),
            Attempt("vsock", "socket.socket(40,socket.SOCK_STREAM)"),
            Attempt("crypto", "socket.socket(38,socket.SOCK_SEQPACKET)"),
            Attempt("names", "socket.getaddrinfo('example.com',80)"),
            Attempt("host's sockets", "s=socket.socket(socket.AF_UNIX); s.connect('/run/dbus/system_bus_socket')"),
            Attempt("abstract", "s=socket.socket(socket.AF_UNIX); s.connect('\\0/tmp/.X11-unix/X0')"),
            // Other processes.
            Attempt(
                "see processes",
                "p=[d for d in os.listdir('/proc') if d.isdigit()]\nif len(p)<=3: raise OSError\nprint(p)"),
            Attempt("first process's variables", "if not open('/proc/1/environ').read(): raise OSError"),
            call("ptrace", "16,1,0,0"), number("process_vm_readv", 310), number("kcmp", 312),
            number("pidfd_getfd", 438),
            number("process_madvise", 440),
            // Rights and namespaces.
            call("mount", "b'none',b'/tmp',b'tmpfs',0,0"), call("umount2", "b'/proc',0"), call("unshare", "0x10000000"),
            call("unshare", "0x20000").named("unshare mounts"), call("setns", "0,0"), call("chroot", "b'/tmp'"),
            number("pivot_root", 155), number("clone3", 435, "0,0"), number("clone new user", 56, "0x10000011,0,0,0"),
            number("clone new mounts", 56, "0x20011,0,0,0"), number("open_tree", 428), number("move_mount", 429),
            number("fsopen", 430),
            number("mount_setattr", 442), call("setuid", "0"), call("setgid", "0"), number("capset", 126),
            call("sethostname", "b'x',1"),
            // The kernel.
            number("bpf", 321), number("perf_event_open", 298), number("userfaultfd", 323),
            number("io_uring_setup", 425),
            number("io_uring_enter", 426), number("keyctl", 250), number("add_key", 248), number("request_key", 249),
            number("init_module", 175), number("finit_module", 313), number("kexec_load", 246), number("reboot", 169),
            number("swapon", 167),
            number("acct", 163), number("settimeofday", 164), number("clock_settime", 227), number("adjtimex", 159),
            number("iopl", 172),
            number("ioperm", 173), number("personality", 135, "0x0400000"), number("open_by_handle_at", 304),
            number("name_to_handle_at", 303),
            number("quotactl", 179), number("fanotify_init", 300), number("lookup_dcookie", 212),
            number("syslog", 103, "3,0,0"),
            number("modify_ldt", 154), number("mknod", 133), number("landlock_create_ruleset", 444),
            number("seccomp", 317, "1,0,0"),
            number("unknown", 9_999), number("x32", 0x4000_0000 + 1),
            // Terminals: the second with a number whose lower half alone is what is refused.
            call("ioctl", "0,0x5412,b'x'").named("TIOCSTI"),
            number("TIOCSTI in 64 bits", 16, "0,ctypes.c_ulong(0x100005412),b'x'"),
            call("ioctl", "0,0x541C,b'x'").named("TIOCLINUX"),
            // Users that a program may become.
            Attempt(
                "setuid program",
                "import subprocess\nr=subprocess.run(['/usr/bin/su','-c','true'],capture_output=True)\nif r.returncode: raise OSError"
            ),
        ]

    @Test(arguments: SandboxFixture.Kind.allCases) func noWayLeadsOut(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        let attempts = Self.attempts + Self.further
        #expect(attempts.count >= 180)
        // One process for all: each attempt is made in a copy of it, which cannot take the others along.
        let lines = attempts.enumerated().map { index, attempt in
            let body = attempt.lines.split(separator: "\n", omittingEmptySubsequences: false)
                .map { "        \($0)" }.joined(separator: "\n")
            return """
                p=os.fork()
                if p==0:
                    try:
                \(body)
                        print('OUT \(index)',flush=True)
                    except (OSError,ProcessLookupError) as e: print('no \(index)',flush=True)
                    except BaseException as e: print('WRONG \(index)',type(e),e,flush=True)
                    os._exit(0)
                s=os.waitpid(p,0)[1]
                if s: print('no \(index)',flush=True)
                """
        }
        let result = try sandbox.python(Self.opened + lines.joined(separator: "\n"))
        #expect(result.reply.ending == .exited(0), "\(result.errors)")
        let verdicts = result.output.split(separator: "\n").map(String.init)
        for (index, attempt) in attempts.enumerated() {
            let held = verdicts.contains("no \(index)")
            #expect(held, "\(attempt.name): \(verdicts.filter { $0.contains(" \(index)") })")
        }
    }

    @Test(arguments: SandboxFixture.Kind.allCases) func theEnvironmentIsWhatWasGiven(_ kind: SandboxFixture.Kind) throws
    {
        let sandbox = try SandboxFixture(kind)
        let result = try sandbox.run(["/usr/bin/env"], environment: ["AMX_TEST": "1"])
        #expect(Set(result.output.split(separator: "\n")) == ["AMX_TEST=1", "PATH=/usr/bin", "PWD=/capsule"])
    }

    @Test(arguments: SandboxFixture.Kind.allCases) func roomIsBounded(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        #expect(
            try sandbox.shell("dd if=/dev/zero of=/tmp/x bs=1M count=64 2>&1 | tail -1; stat -c %s /tmp/x").output
                .contains("16777216"))
        #expect(
            try sandbox.shell("dd if=/dev/zero of=/dev/shm/x bs=1M count=64 2>/dev/null; stat -c %s /dev/shm/x").output
                .contains("16777216"))
    }

    @Test func processesAreBounded() throws {
        let sandbox = try SandboxFixture()
        // Where the tests are not root's, the user's other processes count too, so that only refusal can be seen.
        let result = try sandbox.python(
            """
            import os,time
            n=0
            try:
                while n<2000:
                    if os.fork()==0: time.sleep(60); os._exit(0)
                    n+=1
            except OSError: print('refused',n<2000)
            """)
        #expect(result.output == "refused True\n")
        #expect(try sandbox.shell("true").reply.ending == .exited(0))
    }

    @Test(.enabled(if: geteuid() == 0, "only root's sandboxes have slots")) func itIsNobodyOfTheHost() throws {
        let sandbox = try SandboxFixture()
        let slot = try #require(sandbox.slot)
        #expect(try sandbox.shell("true").reply.ending == .exited(0))
        let status = try String(contentsOfFile: "/proc/\(sandbox.launcher.id)/status", encoding: .utf8)
        #expect(status.contains("Uid:\t\(slot.user)\t\(slot.user)\t\(slot.user)"))
        #expect(status.contains("CapEff:\t0000000000000000"))
        #expect(status.contains("NoNewPrivs:\t1"))
        #expect(status.contains("Groups:\t \n"))
    }
}

extension EscapeTests.Attempt {
    func named(_ name: String) -> EscapeTests.Attempt { EscapeTests.Attempt(name, lines) }
}
