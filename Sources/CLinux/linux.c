#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int amx_flock_try(int descriptor, int exclusive) { return flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB); }

int amx_flock_release(int descriptor) { return flock(descriptor, LOCK_UN); }

unsigned char *amx_words_map(int descriptor, size_t count) {
    void *start = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return start == MAP_FAILED ? NULL : start;
}

void amx_words_unmap(unsigned char *words, size_t count) { munmap(words, count); }

int amx_words_make(int descriptor, size_t count) {
    // A mapped hole that the disk has no room for would end the process.
    if (fallocate(descriptor, 0, 0, (off_t)count) == 0) return 0;
    // Some file systems cannot do that, and say so in several ways.
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO) return -1;
    struct stat status;
    if (fstat(descriptor, &status) != 0) return -1;
    return status.st_size < (off_t)count ? ftruncate(descriptor, (off_t)count) : 0;
}

uint64_t amx_words_load(const unsigned char *words, size_t offset) {
    return __atomic_load_n((const uint64_t *)(words + offset), __ATOMIC_ACQUIRE);
}

void amx_words_store(unsigned char *words, size_t offset, uint64_t value) {
    __atomic_store_n((uint64_t *)(words + offset), value, __ATOMIC_RELEASE);
}

unsigned int amx_word_load(const unsigned char *words, size_t offset) {
    return __atomic_load_n((const unsigned int *)(words + offset), __ATOMIC_SEQ_CST);
}

void amx_word_change(unsigned char *words, size_t offset, int wake, unsigned int group) {
    unsigned int *word = (unsigned int *)(words + offset);
    __atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE_BITSET, wake, NULL, NULL, group);
    if (~group != 0) syscall(SYS_futex, word, FUTEX_WAKE_BITSET, 1, NULL, NULL, ~group);
}

void amx_word_wait(
    const unsigned char *words, size_t offset, unsigned int seen, unsigned int looks, unsigned int microseconds, unsigned int group) {
    for (unsigned int look = 0; look < looks; look++) {
        if (amx_word_load(words, offset) != seen) return;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    // By the clock, unlike FUTEX_WAIT: monotonic, and the moment itself.
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += microseconds % 1000000 * 1000L;
    end.tv_sec += microseconds / 1000000 + end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    syscall(SYS_futex, words + offset, FUTEX_WAIT_BITSET, seen, &end, NULL, group);
}

int amx_file_identity(int descriptor, const char *path, uint64_t *device, uint64_t *inode) {
    struct statx status;
    int found = path ? statx(AT_FDCWD, path, 0, STATX_INO, &status) : statx(descriptor, "", AT_EMPTY_PATH, STATX_INO, &status);
    if (found != 0) return -1;
    *device = (uint64_t)status.stx_dev_major << 32 | status.stx_dev_minor;
    *inode = status.stx_ino;
    return 0;
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

_Static_assert(AMX_RESOLVE_NO_MAGIC_LINKS == RESOLVE_NO_MAGICLINKS && AMX_RESOLVE_NO_LINKS == RESOLVE_NO_SYMLINKS, "links");
_Static_assert(AMX_RESOLVE_BENEATH == RESOLVE_BENEATH && AMX_RESOLVE_IN_ROOT == RESOLVE_IN_ROOT, "folders");
_Static_assert(AMX_OPEN_PLACE_ONLY == O_PATH, "flags");

int amx_open_beneath(int folder, const char *path, int flags, unsigned int mode, unsigned int resolve) {
    struct open_how how = {.flags = (unsigned int)flags | O_CLOEXEC, .mode = flags & O_CREAT ? mode : 0, .resolve = resolve};
    long descriptor = syscall(SYS_openat2, folder, path, &how, sizeof how);
    return descriptor >= 0 ? (int)descriptor : -errno;
}

int amx_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int amx_memory_file_seal(int descriptor) {
    return fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
}

int amx_process_descriptor(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c(uint32_t state, const unsigned char *bytes, size_t count) {
    uint64_t wide = state;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    state = (uint32_t)wide;
    for (; count > 0; bytes++, count--) state = __builtin_ia32_crc32qi(state, *bytes);
    return state;
}
#endif

int amx_crc32c(uint32_t *state, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("sse4.2")) return -1;
    *state = crc32c(*state, bytes, count);
    return 0;
#else
    (void)state, (void)bytes, (void)count;
    return -1;
#endif
}
