extension SystemCallFilter {
    /// The calls that need no look at their arguments: files, memory, time, signals, threads and sockets that exist.
    static let allowed: [String] =
        files + memory + processes + time + waiting + sockets

    /// All that are allowed, those with some arguments only at the end.
    static let names = allowed + ["clone", "prlimit64", "setrlimit", "socket", "socketpair"]

    private static let files = words(
        """
        read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range fstat stat lstat newfstatat statx lseek
        ioctl
        access faccessat faccessat2 pipe pipe2 dup dup2 dup3 open openat openat2 creat getdents getdents64 getcwd chdir fchdir readlink
        readlinkat unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink symlinkat ftruncate truncate fallocate
        fsync fdatasync sync_file_range fcntl flock chmod fchmod fchmodat chown fchown fchownat lchown utimensat utime utimes futimesat
        umask statfs fstatfs getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr fadvise64 readahead copy_file_range sendfile
        splice tee inotify_init1 inotify_add_watch inotify_rm_watch
        """)
    private static let memory = words(
        """
        mmap mprotect munmap mremap madvise brk msync mincore mlock mlock2 munlock memfd_create membarrier pkey_alloc pkey_free pkey_mprotect
        """)
    private static let processes = words(
        """
        fork vfork execve exit exit_group wait4 waitid kill tgkill tkill rt_sigaction rt_sigprocmask rt_sigreturn rt_sigtimedwait
        rt_sigqueueinfo rt_sigsuspend rt_sigpending sigaltstack restart_syscall getpid getppid gettid getuid geteuid getgid getegid
        getresuid getresgid getgroups getpgrp getpgid getsid setsid setpgid sched_yield sched_getaffinity sched_setaffinity sched_getparam
        sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min getpriority setpriority set_robust_list
        get_robust_list set_tid_address rseq arch_prctl prctl getrlimit getrusage sysinfo uname getrandom getcpu capget
        pidfd_open pidfd_send_signal landlock_create_ruleset landlock_add_rule landlock_restrict_self
        """)
    private static let time = words(
        """
        nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times alarm setitimer getitimer timer_create timer_settime
        timer_gettime timer_delete timer_getoverrun timerfd_create timerfd_settime timerfd_gettime
        """)
    private static let waiting = words(
        """
        poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd4 futex
        futex_waitv
        """)
    /// On sockets that are there; what makes one is looked at more closely.
    private static let sockets = words(
        """
        connect bind listen accept accept4 sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockname getpeername getsockopt
        setsockopt
        """)

    private static func words(_ text: String) -> [String] {
        text.split { $0 == " " || $0 == "\n" }.map(String.init)
    }
}
