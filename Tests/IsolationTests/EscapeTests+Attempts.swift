/// Further ways out, by what they aim at.
extension EscapeTests {
    private static func read(_ path: String, _ mode: String = "r") -> Attempt {
        Attempt("open \(path) \(mode)", "open(\(String(reflecting: path)),\(String(reflecting: mode)))")
    }
    private static func number(_ name: String, _ number: Int, _ arguments: String = "0,0,0,0") -> Attempt {
        Attempt(
            name,
            "libc.syscall.restype=ctypes.c_long\nr=libc.syscall(\(number),\(arguments))\nif r==-1: raise OSError(ctypes.get_errno())"
        )
    }
    private static func program(_ name: String, _ words: String) -> Attempt {
        Attempt(
            name, "import subprocess\nr=subprocess.run(\(words),capture_output=True)\nif r.returncode: raise OSError")
    }

    static let further: [Attempt] = otherFiles + otherProcesses + memory + limits + programs + machine

    private static let otherFiles = [
        // What belongs to the host, to other capsules, to the supervisor.
        read("/run/amx/slots"), read("/run/docker.sock"), read("/var/run/docker.sock"), read("/etc/sudoers"),
        read("/sys/fs/cgroup/memory/release_agent", "w"), read("/sys/fs/cgroup/cgroup.procs", "w"),
        read("/sys/kernel/uevent_helper", "w"), read("/sys/fs/bpf"), read("/boot"), read("/root"), read("/var/log"),
        read("/dev/loop-control", "rb"), read("/dev/net/tun", "rb"), read("/dev/vhost-vsock", "rb"),
        read("/dev/uinput", "rb"), read("/dev/tty"), read("/dev/console", "w"), read("/dev/port", "rb"),
        read("/proc/sys/kernel/modprobe", "w"), read("/proc/sys/vm/overcommit_memory", "w"),
        read("/proc/sys/kernel/randomize_va_space", "w"), read("/proc/sys/fs/binfmt_misc/register", "w"),
        read("/proc/sys/user/max_user_namespaces", "w"), read("/proc/self/gid_map", "w"),
        read("/proc/self/oom_score_adj", "w"), read("/proc/self/coredump_filter", "w"),
        // Around the read-only view of the capsule and of the system.
        read("/proc/self/cwd/new", "w"), read("/proc/self/root/new", "w"), read("/proc/1/cwd/new", "w"),
        Attempt("remove", "os.remove('/capsule/secret.txt')"), Attempt("folder", "os.mkdir('/capsule/new')"),
        Attempt("times", "os.utime('/usr/bin/true')"), Attempt("truncate", "os.truncate('/capsule/secret.txt',0)"),
        Attempt("attribute", "os.setxattr('/tmp','user.x',b'1')"),
        Attempt("exchange", "os.mkdir('/tmp/d'); os.rename('/tmp/d','/capsule/d')"),
        Attempt("link to the capsule", "os.link('/capsule/secret.txt','/tmp/l')"),
        Attempt(
            "from an open folder", "d=os.open('/capsule',os.O_RDONLY); os.open('n',os.O_CREAT|os.O_WRONLY,dir_fd=d)"),
        Attempt("above the root", "d=os.open('/',os.O_RDONLY); os.open('../../etc/shadow',os.O_RDONLY,dir_fd=d)"),
    ]

    private static let otherProcesses = [
        // The sandbox's own first process may be seen, and that is all.
        read("/proc/1/mem", "r+b"), read("/proc/1/exe", "r+b"), read("/proc/self/exe", "r+b"),
        read("/proc/self/mem", "r+b"), Attempt("first process's events", "open('/proc/1/fd/4','rb')"),
        Attempt("no such process", "os.kill(1234567,0)"),
        Attempt("the first process", "os.kill(1,9); import time; time.sleep(0.05); os.kill(1,0); raise OSError"),
        number("pidfd_open of the host", 434, "1234567,0"), number("process_vm_writev", 311),
        number("process_mrelease", 448), number("migrate_pages", 256), number("move_pages", 279),
        number("prlimit of the first process", 302, "1,4,b'\\0'*16,0"),
    ]

    private static let memory = [
        // What outlives a process, or belongs to nobody.
        number("shmget", 29, "0,4096,0o1600"), number("msgget", 68, "0,0o1600"), number("semget", 64, "0,1,0o1600"),
        number("mq_open", 240, "b'/x',66,0o600,0"), number("memfd_secret", 447), number("vmsplice", 278),
        number("io_setup", 206, "1,ctypes.create_string_buffer(8)"), number("remap_file_pages", 216),
        number("mlockall", 151, "7"), number("swapoff", 168), number("set_mempolicy", 238), number("mbind", 237),
    ]

    private static let limits = [
        // RLIMIT_NOFILE, RLIMIT_FSIZE and RLIMIT_NPROC up, RLIMIT_CORE down to where a crash would call a program of the host.
        number("more files", 160, "7,b'\\0\\0\\2\\0\\0\\0\\0\\0'*2"),
        number("larger files", 160, "1,b'\\xff'*16"), number("more processes", 302, "0,6,b'\\xff'*16,0"),
        number("core files", 160, "4,b'\\0'*16"), number("core files by the newer call", 302, "0,4,b'\\0'*16,0"),
        number("core files with a larger number", 160, "ctypes.c_ulong(0x100000004),b'\\0'*16"),
        Attempt("real time", "os.sched_setscheduler(0,os.SCHED_FIFO,os.sched_param(1))"),
        Attempt("priority", "os.setpriority(os.PRIO_PROCESS,0,-20)"), number("ioprio_set", 251, "1,0,0"),
    ]

    private static let programs = [
        program("nested sandbox", "['/usr/bin/bwrap','--ro-bind','/','/','true']"),
        program("nested namespaces", "['/usr/bin/unshare','-Ur','true']"),
        program("mount", "['/usr/bin/mount','-t','tmpfs','none','/tmp']"),
        program("new users", "['/usr/bin/newuidmap','1','0','0','1']"),
        program("other user", "['/usr/bin/setpriv','--reuid','0','true']"),
        Attempt("loader of a data file", "os.execv('/capsule/secret.txt',['x'])"),
    ]

    /// Calls as a program for another processor makes them, which the filter's numbers would not fit.
    private static let machine = [
        Attempt(
            "32 bits",
            """
            import mmap,platform
            if platform.machine()!='x86_64': raise OSError
            m=mmap.mmap(-1,4096,flags=mmap.MAP_PRIVATE|mmap.MAP_ANONYMOUS,prot=7)
            m.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')
            f=ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))
            if f()<=0: raise OSError
            """),
        Attempt("nfsservctl", "libc.syscall.restype=ctypes.c_long\nif libc.syscall(180,0,0,0)==-1: raise OSError"),
        number("delete_module", 176), number("create_module", 174), number("sethostname of another", 171),
        number("vhangup", 153), number("ustat", 136), number("fsconfig", 431), number("fspick", 433),
        number("kexec_file_load", 320), number("sched_setattr", 314, "0,0,0"), number("rt_tgsigqueueinfo", 297),
    ]
}
