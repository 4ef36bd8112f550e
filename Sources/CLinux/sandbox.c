#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { most_descriptors = 8 };

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * most_descriptors)];
};

int amx_message_send(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count) {
    if (descriptor_count > most_descriptors) {
        errno = EINVAL;
        return -1;
    }
    union control control;
    memset(&control, 0, sizeof control);
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor_count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptor_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * descriptor_count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * descriptor_count);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0 && (size_t)sent != count) errno = EMSGSIZE;
    return sent >= 0 && (size_t)sent == count ? 0 : -1;
}

long amx_message_receive(int socket, void *bytes, size_t capacity, int *descriptors, size_t *descriptor_count) {
    union control control;
    struct iovec part = {bytes, capacity};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    *descriptor_count = 0;
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < count; index++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + index * sizeof(int), sizeof(int));
            if (*descriptor_count < most_descriptors)
                descriptors[(*descriptor_count)++] = descriptor;
            else
                close(descriptor);
        }
    }
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (size_t index = 0; index < *descriptor_count; index++) close(descriptors[index]);
        *descriptor_count = 0;
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

int amx_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int amx_message_sockets(int sockets[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets); }

int amx_stream_sockets(int sockets[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets); }

int amx_become_reaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

static const char *const out_of_memory_score = "/proc/self/oom_score_adj";

void amx_be_ended_last(void) {
    int file = open(out_of_memory_score, O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t written = write(file, "-1000", 5);
    (void)written;
    close(file);
}

/// Lets the kernel end this process before others when there is no memory. Calls the system only.
static int be_ended_first(void) {
    // The file is its user's only where the process may be looked at, which ends with the change of its user; the memory of which that is
    // said is the parent's as well.
    int before = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    if (before != 1 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) return -1;
    int result = -1;
    int file = open(out_of_memory_score, O_RDWR | O_CLOEXEC);
    if (file >= 0) {
        char text[16] = "";
        ssize_t count = read(file, text, sizeof text - 1);
        if (count > 0 && (atoi(text) >= 500 || pwrite(file, "500", 3, 0) == 3)) result = 0;
        close(file);
    }
    if (before != 1 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return -1;
    return result;
}

int amx_give_up_gains(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int amx_become_user(unsigned int user, unsigned int group) {
    if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0) return -1;
    // A system that only seems to have done it must not go on.
    if (setresuid(0, 0, 0) == 0) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

/// Makes a place for a source, a folder or an empty file as that is; the folders above it too. Follows no link.
static int make_place(int root, const char *target, mode_t kind) {
    int folder = dup(root), result = -1;
    const char *name = target;
    while (folder >= 0) {
        char part[NAME_MAX + 1];
        while (*name == '/') name++;
        size_t length = strcspn(name, "/");
        if (length == 0 || length > NAME_MAX || strncmp(name, "..", length) == 0) {
            errno = EINVAL;
            break;
        }
        memcpy(part, name, length);
        part[length] = 0;
        name += length;
        bool is_last = name[strspn(name, "/")] == 0;
        if (is_last && !S_ISDIR(kind)) {
            result = openat(folder, part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0444);
            if (result >= 0) result = close(result);
            break;
        }
        if (mkdirat(folder, part, 0755) != 0 && errno != EEXIST) break;
        int next = openat(folder, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(folder);
        folder = next;
        if (is_last && next >= 0) {
            result = 0;
            break;
        }
    }
    if (folder >= 0) {
        int number = errno;
        close(folder);
        errno = number;
    }
    return result;
}

/// A path below a folder; what does not fit is cut, and not there.
static const char *below(const char *folder, const char *name) {
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/// Shows a source at a path below a folder, which is open too, read-only.
static int show_place(int root, const char *folder, const char *source, const char *target, unsigned long depth) {
    struct stat status;
    if (stat(source, &status) != 0 || make_place(root, target, status.st_mode) != 0) return -1;
    const char *path = below(folder, target);
    if (mount(source, path, NULL, MS_BIND | depth, NULL) != 0) return -1;
    return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL);
}

/// Makes what every program sees of the system below a folder, which is open too.
static int show_system(int root, const char *folder) {
    static const char *const links[][2] = {{"usr/lib", "lib"}, {"usr/lib64", "lib64"}, {"usr/bin", "bin"}};
    static const char *const shown[] = {"/etc/ld.so.cache", "/etc/alternatives"};
    static const char *const folders[] = {"dev", "proc", "tmp"};
    for (size_t index = 0; index < sizeof links / sizeof *links; index++)
        if (symlinkat(links[index][0], root, links[index][1]) != 0) return -1;
    for (size_t index = 0; index < sizeof folders / sizeof *folders; index++)
        if (mkdirat(root, folders[index], 0755) != 0) return -1;
    if (show_place(root, folder, "/usr", "usr", MS_REC) != 0) return -1;
    for (size_t index = 0; index < sizeof shown / sizeof *shown; index++)
        if (show_place(root, folder, shown[index], shown[index], 0) != 0 && errno != ENOENT) return -1;
    return 0;
}

/// Makes the devices that every program has, and terminals of their own, in a folder, which is open too.
static int show_devices(int root, const char *folder) {
    static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
    static const char *const links[][2] = {
        {"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"},
        {"/proc/self/fd/2", "stderr"}, {"pts/ptmx", "ptmx"}};
    unsigned long flags = MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NOEXEC;
    for (size_t index = 0; index < sizeof devices / sizeof *devices; index++) {
        char source[64];
        snprintf(source, sizeof source, "/dev/%s", devices[index]);
        if (make_place(root, devices[index], S_IFCHR) != 0) return -1;
        const char *path = below(folder, devices[index]);
        if (mount(source, path, NULL, MS_BIND, NULL) != 0 || mount(NULL, path, NULL, flags, NULL) != 0) return -1;
    }
    for (size_t index = 0; index < sizeof links / sizeof *links; index++)
        if (symlinkat(links[index][0], root, links[index][1]) != 0) return -1;
    if (mkdirat(root, "shm", 0755) != 0 || mkdirat(root, "pts", 0755) != 0) return -1;
    const char *terminals = "newinstance,ptmxmode=0666,mode=620";
    return mount("devpts", below(folder, "pts"), "devpts", MS_NOSUID | MS_NOEXEC, terminals);
}

/// Makes a folder below another one, and opens it.
static int make_folder(char path[PATH_MAX], const char *folder, const char *name) {
    if ((size_t)snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return mkdir(path, 0755) != 0 ? -1 : open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int amx_make_view(const char *folder, const char *const *sources, const char *const *targets, size_t count) {
    unsigned long flags = MS_NOSUID | MS_NODEV;
    if (unshare(CLONE_NEWNS | CLONE_NEWNET) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    if (mount("tmpfs", folder, "tmpfs", flags, "mode=0755,size=65536") != 0) return -1;
    char path[PATH_MAX];
    int root = make_folder(path, folder, "root"), result = root < 0 ? -1 : show_system(root, path);
    for (size_t index = 0; index < count && result == 0; index++)
        result = show_place(root, path, sources[index], targets[index], 0);
    if (root >= 0) close(root);
    if (result != 0) return -1;
    int devices = make_folder(path, folder, "dev");
    result = devices < 0 ? -1 : show_devices(devices, path);
    if (devices >= 0) close(devices);
    if (result != 0) return -1;
    return mount(NULL, folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL);
}

int amx_enter_group(const char *file) {
    int descriptor = open(file, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    ssize_t count = write(descriptor, "0", 1);
    int number = errno;
    close(descriptor);
    errno = number;
    return count == 1 ? 0 : -1;
}

/// Puts each descriptor at its index, of which none may be in the way of another: so all move above first.
static int place_descriptors(const int *descriptors, size_t count) {
    int above[most_descriptors];
    for (size_t index = 0; index < count; index++) {
        above[index] = fcntl(descriptors[index], F_DUPFD_CLOEXEC, most_descriptors);
        if (above[index] < 0) return -1;
    }
    for (size_t index = 0; index < count; index++)
        if (dup2(above[index], (int)index) < 0) return -1;
    return (int)syscall(SYS_close_range, (unsigned int)count, ~0u, 0);
}

/// What a program is started with.
struct start {
    const char *path;
    char *const *arguments, *const *environment;
    const int *descriptors;
    size_t descriptor_count;
    const struct amx_limit *limits;
    size_t limit_count;
    pid_t parent;
};

/// Becomes the program. It runs in its parent's memory while that waits, so that it may only call the system.
static int become_program(void *context) {
    const struct start *start = context;
    // The parent's death is told to this process alone; what it starts has `--die-with-parent`.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != start->parent || setsid() < 0) _exit(127);
    if (be_ended_first() != 0) _exit(127);
    if (place_descriptors(start->descriptors, start->descriptor_count) != 0) _exit(127);
    for (size_t index = 0; index < start->limit_count; index++) {
        struct rlimit limit = {start->limits[index].value, start->limits[index].value};
        if (setrlimit((unsigned int)start->limits[index].resource, &limit) != 0) _exit(127);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(start->path, start->arguments, start->environment);
    _exit(127);
}

void amx_default_signals(void) {
    for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
}

int amx_start_limited(
    const char *path, char *const *arguments, char *const *environment, const int *descriptors, size_t descriptor_count,
    const struct amx_limit *limits, size_t limit_count) {
    static char stack[65536] __attribute__((aligned(16)));
    if (descriptor_count < 3 || descriptor_count > most_descriptors) {
        errno = EINVAL;
        return -1;
    }
    struct start start = {path, arguments, environment, descriptors, descriptor_count, limits, limit_count, getpid()};
    // No signal is handled in memory that two processes have.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    int process = clone(become_program, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
    int number = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return process;
}
