#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
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

/// Lets the kernel end this process before others when there is no memory.
static int be_ended_first(void) {
    // The file is its user's only where the process may be looked at, which ends with the change of its user and begins again with a
    // program.
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) return -1;
    int file = open(out_of_memory_score, O_RDWR | O_CLOEXEC);
    if (file < 0) return -1;
    char text[16] = "";
    ssize_t count = read(file, text, sizeof text - 1);
    int result = count > 0 && (atoi(text) >= 500 || pwrite(file, "500", 3, 0) == 3) ? 0 : -1;
    close(file);
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

/// Makes a place of the same kind as a source, a folder or an empty file, and shows the source there.
static int show_place(const char *source, const char *target) {
    struct stat status;
    if (stat(source, &status) != 0) return -1;
    if (S_ISDIR(status.st_mode)) {
        if (mkdir(target, 0755) != 0) return -1;
    } else {
        int file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
        if (file < 0) return -1;
        close(file);
    }
    if (mount(source, target, NULL, MS_BIND, NULL) != 0) return -1;
    return mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL);
}

int amx_show_places(const char *folder, const char *const *sources, size_t count) {
    unsigned long flags = MS_NOSUID | MS_NODEV;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    if (mount("tmpfs", folder, "tmpfs", flags, "mode=0755,size=65536") != 0) return -1;
    for (size_t index = 0; index < count; index++) {
        char target[PATH_MAX];
        int length = snprintf(target, sizeof target, "%s/%zu", folder, index);
        if (length < 0 || (size_t)length >= sizeof target) {
            errno = ENAMETOOLONG;
            return -1;
        }
        if (show_place(sources[index], target) != 0) return -1;
    }
    return mount(NULL, folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL);
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

int amx_start_limited(
    const char *path, char *const *arguments, char *const *environment, const int *descriptors, size_t descriptor_count,
    const struct amx_limit *limits, size_t limit_count) {
    if (descriptor_count < 3 || descriptor_count > most_descriptors) {
        errno = EINVAL;
        return -1;
    }
    pid_t process = fork();
    if (process != 0) return (int)process;
    for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // The parent's death is told to this process alone; what it starts has `--die-with-parent`.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || setsid() < 0) _exit(127);
    if (be_ended_first() != 0) _exit(127);
    if (place_descriptors(descriptors, descriptor_count) != 0) _exit(127);
    for (size_t index = 0; index < limit_count; index++) {
        struct rlimit limit = {limits[index].value, limits[index].value};
        if (setrlimit((unsigned int)limits[index].resource, &limit) != 0) _exit(127);
    }
    execve(path, arguments, environment);
    _exit(127);
}
