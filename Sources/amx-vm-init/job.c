#define _GNU_SOURCE
#include "job.h"

#include "flow.h"
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/// What the program has its channel at.
enum { channel_number = 6 };
/// How long in milliseconds the supervisor may take nothing of what is left on the channel: it need not read that.
enum { patience = 1000 };
/// How much is told of the name of what could not be started, so that the reason is there too.
enum { name_limit = 160 };
/// More than QEMU's queue of a port has room for.
enum { queue_limit = 160 };
/// Standard output and error, and both directions of the channel.
enum { flow_limit = 4 };
/// How a job ended, as `LaunchReply` has it.
enum ending { setup_failed = 0, exited = 1, signalled = 2, out_of_memory = 4 };

/// What the program sees, and what the supervisor shows of it.
static const char root[] = "/root", shown[] = "/shown";

/// A job that could not be started: why stands in its standard error.
static void fail(int errors, const char *what) { dprintf(errors, "%.*s: %s\n", name_limit, what, strerror(errno)); }

static int make_device(const char *name, unsigned int major, unsigned int minor) {
    char path[64];
    snprintf(path, sizeof path, "%s/dev/%s", root, name);
    return mknod(path, S_IFCHR | 0666, makedev(major, minor)) == 0 ? chmod(path, 0666) : -1;
}

static int make_link(const char *target, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "%s/dev/%s", root, name);
    return symlink(target, path);
}

static int make_devices(void) {
    if (mount("tmpfs", "/root/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "size=64k,mode=0755") != 0) return -1;
    if (make_device("null", 1, 3) != 0 || make_device("zero", 1, 5) != 0 || make_device("full", 1, 7) != 0
        || make_device("random", 1, 8) != 0 || make_device("urandom", 1, 9) != 0) return -1;
    if (make_link("/proc/self/fd", "fd") != 0 || make_link("/proc/self/fd/0", "stdin") != 0
        || make_link("/proc/self/fd/1", "stdout") != 0 || make_link("/proc/self/fd/2", "stderr") != 0) return -1;
    if (mkdir("/root/dev/shm", 01777) != 0) return -1;
    if (mount("tmpfs", "/root/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=16m,mode=1777") != 0) return -1;
    return mount(NULL, "/root/dev", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL);
}

/// Shows each folder that the supervisor shows at the same place of the program's root.
static int show_folders(void) {
    DIR *folder = opendir(shown);
    if (folder == NULL) return -1;
    int result = 0;
    for (struct dirent *entry; result == 0 && (entry = readdir(folder)) != NULL;) {
        char source[300], target[300];
        if (entry->d_name[0] == '.') continue;
        snprintf(source, sizeof source, "%s/%s", shown, entry->d_name);
        snprintf(target, sizeof target, "%s/%s", root, entry->d_name);
        result = mkdir(target, 0755) != 0 ? -1 : mount(source, target, NULL, MS_BIND, NULL);
    }
    closedir(folder);
    return result;
}

/// Mounts what the program sees: what the supervisor shows, and file systems of the guest's own.
static int make_root(const struct request *request) {
    static const char *const links[][2] = {{"usr/lib", "/root/lib"}, {"usr/lib64", "/root/lib64"}, {"usr/bin", "/root/bin"}};
    unsigned long flags = MS_NOSUID | MS_NODEV;
    if (mount("amx", shown, "9p", MS_RDONLY | MS_NOATIME | flags,
            "trans=virtio,version=9p2000.L,msize=512000,cache=loose,access=any") != 0) return -1;
    if (mount("tmpfs", root, "tmpfs", flags, "size=64k,mode=0755") != 0 || show_folders() != 0) return -1;
    for (size_t index = 0; index < sizeof links / sizeof *links; index++) {
        if (symlink(links[index][0], links[index][1]) != 0) return -1;
    }
    if (mkdir("/root/proc", 0555) != 0 || mkdir("/root/dev", 0755) != 0 || mkdir("/root/tmp", 0755) != 0) return -1;
    if (mount(NULL, root, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) != 0) return -1;
    if (mount("proc", "/root/proc", "proc", MS_RDONLY | MS_NOEXEC | flags, "hidepid=2") != 0) return -1;
    if (make_devices() != 0) return -1;
    char options[64];
    snprintf(options, sizeof options, "size=%llu,mode=1777", (unsigned long long)request->temporary);
    return mount("tmpfs", "/root/tmp", "tmpfs", flags, options);
}

static int limit_group(const struct request *request) {
    if (write_number("/groups/job/memory.max", request->memory) != 0) return -1;
    // Where one process is killed for the memory of all, the job is over: what goes on would only look for what is not there.
    if (write_number("/groups/job/memory.oom.group", 1) != 0) return -1;
    if (write_number("/groups/job/pids.max", request->processes) != 0) return -1;
    return 0;
}

static int limit(int resource, uint64_t value) {
    struct rlimit both = {value, value};
    return setrlimit((__rlimit_resource_t)resource, &both);
}

/// Becomes the program; returns only where it cannot, with what could not be done.
static const char *become(const struct request *request, const int descriptors[4]) {
    if (setsid() < 0) return "session";
    if (write_text("/groups/job/cgroup.procs", "0") != 0) return "control group";
    for (int index = 0; index < 3; index++) {
        if (dup2(descriptors[index], index) < 0) return "standard descriptors";
    }
    if (descriptors[3] >= 0 && dup2(descriptors[3], channel_number) < 0) return "channel";
    if (chroot(root) != 0 || chdir(request->directory) != 0) return request->directory;
    if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_FSIZE, request->temporary) != 0
        || limit(RLIMIT_NOFILE, request->open_files) != 0 || limit(RLIMIT_CPU, request->processor_seconds) != 0
        || limit(RLIMIT_NPROC, request->processes) != 0) return "limits";
    uid_t user = (uid_t)request->user;
    if (setgroups(0, NULL) != 0 || setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0) return "user";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no_new_privs";
    sigset_t all;
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    execve(request->arguments[0], request->arguments, request->environment);
    return request->arguments[0];
}

/// Starts the program; its process, or -1 when it could not be, for which the reason was written.
static pid_t start(const struct request *request, const int descriptors[4], int errors) {
    int notice[2];
    if (pipe2(notice, O_CLOEXEC) != 0) {
        fail(errors, "pipe");
        return -1;
    }
    pid_t process = fork();
    if (process == 0) {
        // The numbers that the program gets must not be in use by the notice.
        int high = fcntl(notice[1], F_DUPFD_CLOEXEC, 64);
        const char *what = become(request, descriptors);
        fail(high, what);
        _exit(127);
    }
    int reason = errno;
    close(notice[1]);
    errno = reason;
    char text[256];
    ssize_t count = -1;
    if (process < 0) fail(errors, "fork");
    else count = read(notice[0], text, sizeof text);
    close(notice[0]);
    if (count == 0) return process;
    if (count > 0) (void)!write(errors, text, (size_t)count);
    if (process > 0) waitpid(process, NULL, 0);
    return -1;
}

static void kill_rest(void) {
    write_text("/groups/job/cgroup.kill", "1");
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
}

static int input_of(const struct request *request, const int ports[port_end]) {
    int file = memfd_create("input", MFD_CLOEXEC);
    char bytes[65536];
    for (uint64_t left = request->input; file >= 0 && left > 0;) {
        uint64_t count = left < sizeof bytes ? left : sizeof bytes;
        if (read_fully(ports[port_input], bytes, count) != 0 || write(file, bytes, count) != (ssize_t)count) {
            close(file);
            return -1;
        }
        left -= count;
    }
    if (file >= 0) lseek(file, 0, SEEK_SET);
    return file;
}

static void never_wait(int descriptor) { fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK); }

/// Waits for all that has ended, also for what came to this process when its own parents had: what nobody waits for counts as running.
/// Whether the program was among them, whose status it is then.
static bool reap(pid_t process, int *status) {
    bool has_ended = false;
    int other;
    for (pid_t ended; (ended = waitpid(-1, &other, WNOHANG)) > 0;) {
        if (ended != process) continue;
        *status = other;
        has_ended = true;
    }
    return has_ended;
}

/// A descriptor that can be read when another process has ended.
static int notice_of_ends(void) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    int notice = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    if (notice < 0) give_up("signalfd");
    return notice;
}

/// Passes on what comes until the program has ended and all that it wrote has gone out; its status. Of the channel, the third and fourth,
/// what the supervisor takes.
static int pass(pid_t process, struct flow flows[], size_t count) {
    int notice = notice_of_ends(), status = 0;
    bool has_ended = false;
    for (;;) {
        // What ends from here on is told by the notice.
        if (!has_ended && reap(process, &status)) {
            kill_rest();
            has_ended = true;
        }
        struct pollfd polls[2 * flow_limit + 1];
        for (size_t index = 0; index < count; index++) flow_polls(&flows[index], polls + 2 * index);
        polls[2 * count] = (struct pollfd){.fd = has_ended ? -1 : notice, .events = POLLIN};
        // Once nothing of it is left, what it wrote (the first two) is there up to its end.
        bool is_out = has_ended && flow_is_done(&flows[0]) && flow_is_done(&flows[1]);
        if (is_out && (count < 4 || flow_is_done(&flows[3]))) break;
        int ready = poll(polls, 2 * count + 1, is_out ? patience : -1);
        if (ready < 0) continue;
        if (ready == 0) break;
        for (size_t index = 0; index < count; index++) {
            // Nobody is at the other end any more, which the write itself need not say.
            if (polls[2 * index + 1].revents & (POLLHUP | POLLERR)) flow_cut(&flows[index]);
            flow_move(&flows[index]);
        }
        struct signalfd_siginfo ended;
        if (polls[2 * count].revents != 0) (void)!read(notice, &ended, sizeof ended);
    }
    close(notice);
    return status;
}

static void put(unsigned char **place, uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) *(*place)++ = (unsigned char)(value >> shift);
}

/// Writes to a port; false where it takes nothing for so long, -1 for ever, or nobody is at its other end.
static bool write_all(int port, const unsigned char *bytes, size_t count, int milliseconds) {
    never_wait(port);
    while (count > 0) {
        ssize_t written = write(port, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
            continue;
        }
        struct pollfd wait = {.fd = port, .events = POLLOUT};
        int ready = poll(&wait, 1, milliseconds);
        if (ready == 0 || (ready > 0 && (wait.revents & (POLLHUP | POLLERR)))) return false;
    }
    return true;
}

/// Waits until all that was written to a port is out, and writes more of a byte that means nothing.
///
/// A write has come when it is queued, and what is queued is lost when the machine stops. The queue holds fewer writes than these, in
/// their order: where all of them have found room, what was before them is out.
static void flush(int port, unsigned char byte, int milliseconds) {
    for (int index = 0; index < queue_limit && write_all(port, &byte, 1, milliseconds); index++) {}
}

/// Writes the last bytes of standard error: how the job ended, what it used, and how many bytes of standard output are its own.
static void report(const int ports[port_end], enum ending ending, uint64_t number, uint64_t output) {
    unsigned char bytes[64], *place = bytes;
    memcpy(place, "\0amx-vm\n", 8);
    place += 8;
    put(&place, ending);
    put(&place, number);
    put(&place, read_number("/groups/job/cpu.stat", "usage_usec"));
    put(&place, read_number("/groups/job/memory.peak", ""));
    put(&place, read_number("/groups/job/memory.events", "oom_kill"));
    put(&place, output);
    put(&place, sizeof bytes);
    flush(ports[port_output], 0, -1);
    (void)write_all(ports[port_errors], bytes, sizeof bytes, -1);
    flush(ports[port_errors], 0, -1);
}

void run_job(const struct request *request, const int ports[port_end]) {
    int errors = ports[port_errors];
    if (limit_group(request) != 0 || make_root(request) != 0) {
        fail(errors, "the guest could not be prepared");
        report(ports, setup_failed, 0, 0);
        return;
    }
    int output[2], error[2], channel[2] = {-1, -1};
    int input = input_of(request, ports);
    if (input < 0 || pipe2(output, O_CLOEXEC) != 0 || pipe2(error, O_CLOEXEC) != 0
        || (request->has_channel && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)) {
        fail(errors, "the program's streams could not be made");
        report(ports, setup_failed, 0, 0);
        return;
    }
    (void)!fchown(output[1], (uid_t)request->user, (gid_t)request->user);
    (void)!fchown(error[1], (uid_t)request->user, (gid_t)request->user);
    int descriptors[4] = {input, output[1], error[1], channel[1]};
    pid_t process = start(request, descriptors, errors);
    close(input);
    close(output[1]);
    close(error[1]);
    if (channel[1] >= 0) close(channel[1]);
    if (process < 0) {
        report(ports, setup_failed, 0, 0);
        return;
    }
    static struct flow flows[flow_limit];
    size_t count = 0;
    flows[count++] = (struct flow){.from = output[0], .to = ports[port_output]};
    flows[count++] = (struct flow){.from = error[0], .to = errors};
    if (channel[0] >= 0) {
        flows[count++] = (struct flow){.from = ports[port_channel], .to = channel[0], .ends_socket = true};
        flows[count++] = (struct flow){.from = channel[0], .to = ports[port_channel]};
    }
    for (size_t index = 0; index < count; index++) {
        never_wait(flows[index].from);
        never_wait(flows[index].to);
    }
    int status = pass(process, flows, count);
    // An empty line is no message.
    if (request->has_channel) flush(ports[port_channel], '\n', patience);
    uint64_t output_count = flows[0].moved;
    if (read_number("/groups/job/memory.events", "oom_kill") > 0) report(ports, out_of_memory, 0, output_count);
    else if (WIFSIGNALED(status)) report(ports, signalled, (uint64_t)WTERMSIG(status), output_count);
    else report(ports, exited, (uint64_t)WEXITSTATUS(status), output_count);
}
