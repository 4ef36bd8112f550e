#define _GNU_SOURCE
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { module_limit = 64 };

void stop(void) {
    // Without ACPI a machine has nothing to be switched off by; the supervisor's QEMU ends where it would start again.
    reboot(RB_AUTOBOOT);
    for (;;) pause();
}

void give_up(const char *what) {
    int reason = errno;
    dprintf(2, "amx-vm-init: %s: %s\n", what, strerror(reason));
    stop();
}

static void mount_or_give_up(const char *type, const char *place, unsigned long flags, const char *options) {
    mkdir(place, 0755);
    if (mount(type, place, type, flags, options) != 0) give_up(place);
}

void prepare_system(void) {
    unsigned long plain = MS_NOSUID | MS_NOEXEC;
    mount_or_give_up("devtmpfs", "/dev", plain, NULL);
    mount_or_give_up("proc", "/proc", plain | MS_NODEV, NULL);
    mount_or_give_up("cgroup2", "/groups", plain | MS_NODEV, NULL);
    if (write_text("/groups/cgroup.subtree_control", "+memory +pids +cpu") != 0) give_up("control groups");
    if (mkdir("/groups/job", 0755) != 0) give_up("control group");
    // Engines reserve far more memory than they use; the control group holds what they use.
    if (write_text("/proc/sys/vm/overcommit_memory", "1") != 0) give_up("memory");
    // Another namespace of users would give rights over the machine's other interfaces.
    write_text("/proc/sys/user/max_user_namespaces", "0");
    write_text("/proc/sys/kernel/dmesg_restrict", "1");
    write_text("/proc/sys/kernel/kptr_restrict", "2");
    write_text("/proc/sys/kernel/unprivileged_bpf_disabled", "1");
}

void load_modules(void) {
    char path[64];
    for (int number = 0; number < module_limit; number++) {
        snprintf(path, sizeof path, "/modules/%02d.ko", number);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return;
        if (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST) give_up(path);
        close(file);
        // What was loaded need not take up memory twice.
        unlink(path);
    }
}

void renew_random(const unsigned char *bytes, size_t count) {
    int device = open("/dev/urandom", O_RDWR | O_CLOEXEC);
    if (device < 0) give_up("random numbers");
    struct rand_pool_info *pool = malloc(sizeof *pool + count);
    if (pool == NULL) give_up("random numbers");
    pool->entropy_count = (int)count * 8;
    pool->buf_size = (int)count;
    memcpy(pool->buf, bytes, count);
    if (ioctl(device, RNDADDENTROPY, pool) != 0 || ioctl(device, RNDRESEEDCRNG) != 0) give_up("random numbers");
    free(pool);
    close(device);
}

void set_clock(uint64_t seconds, uint64_t nanoseconds) {
    struct timespec now = {(time_t)seconds, (long)nanoseconds};
    if (clock_settime(CLOCK_REALTIME, &now) != 0) give_up("clock");
}

int write_text(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    size_t count = strlen(text);
    int result = write(file, text, count) == (ssize_t)count ? 0 : -1;
    int reason = errno;
    close(file);
    errno = reason;
    return result;
}

int write_number(const char *path, uint64_t number) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return write_text(path, text);
}

uint64_t read_number(const char *path, const char *name) {
    char text[4096];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return 0;
    text[count] = 0;
    size_t length = strlen(name);
    for (char *line = text; line != NULL; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (length == 0) return strtoull(line, NULL, 10);
        if (strncmp(line, name, length) == 0 && line[length] == ' ') return strtoull(line + length, NULL, 10);
    }
    return 0;
}
