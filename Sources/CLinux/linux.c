#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int amx_flock_try(int descriptor, int exclusive) { return flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB); }

int amx_flock_release(int descriptor) { return flock(descriptor, LOCK_UN); }

unsigned int *amx_word_map(int descriptor, long offset) {
    char *start = mmap(NULL, offset + sizeof(unsigned int), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return start == MAP_FAILED ? NULL : (unsigned int *)(start + offset);
}

void amx_word_unmap(unsigned int *word, long offset) { munmap((char *)word - offset, offset + sizeof(unsigned int)); }

unsigned int amx_word_load(const unsigned int *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }

void amx_word_change(unsigned int *word, int wake) {
    __atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE, wake, NULL, NULL, 0);
}

void amx_word_wait(const unsigned int *word, unsigned int seen, unsigned int looks, unsigned int microseconds) {
    for (unsigned int look = 0; look < looks; look++) {
        if (amx_word_load(word) != seen) return;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    struct timespec longest = {microseconds / 1000000, microseconds % 1000000 * 1000L};
    syscall(SYS_futex, word, FUTEX_WAIT, seen, &longest, NULL, 0);
}

int amx_rename_exchange(const char *first, const char *second) {
    return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int amx_rename_noreplace(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int amx_spawn_close_from(void *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int amx_spawn_change_directory(void *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

int amx_syncfs(int descriptor) { return syncfs(descriptor); }

int amx_syncfs_tells_errors(int descriptor) {
    struct utsname system;
    if (uname(&system) != 0) return 0;
    char *rest = NULL;
    long major = strtol(system.release, &rest, 10);
    long minor = *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;
    if (major < 5 || (major == 5 && minor < 8)) return 0;
    struct statfs status;
    if (fstatfs(descriptor, &status) != 0) return 0;
    switch ((unsigned long)status.f_type & 0xFFFFFFFFUL) {
    case 0xEF53:     // ext2, ext3, ext4
    case 0x58465342: // XFS
    case 0x9123683E: // btrfs
    case 0xF2F52010: // F2FS
    case 0x01021994: // tmpfs
        return 1;
    // Overlays and FUSE pass the call on without the answer, or not at all.
    default: return 0;
    }
}

int amx_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int amx_process_descriptor(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }
