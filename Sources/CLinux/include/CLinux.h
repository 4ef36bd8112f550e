#pragma once
#include <stddef.h>
#include <stdint.h>
/// What Linux offers and Glibc's Swift module hides. Each returns 0 or a descriptor, or -1 with errno set.

/// Takes an exclusive (or shared) advisory lock on an open file without waiting; errno is EWOULDBLOCK while it is held.
int amx_flock_try(int descriptor, int exclusive);
/// Lets such a lock go.
int amx_flock_release(int descriptor);
/// Maps the first bytes of an open file, at most a page, shared with all processes that do so; NULL where that cannot be. The file must
/// have them.
unsigned char *amx_words_map(int descriptor, size_t count);
/// Undoes that.
void amx_words_unmap(unsigned char *words, size_t count);
/// Gives an open file room on its disk for its first bytes, which are NULs where it was shorter.
int amx_words_make(int descriptor, size_t count);
/// Reads eight bytes that another process may be writing, at an offset that is a multiple of eight.
uint64_t amx_words_load(const unsigned char *words, size_t offset);
/// Writes them.
void amx_words_store(unsigned char *words, size_t offset, uint64_t value);
/// Reads the four bytes at an offset that is a multiple of four.
unsigned int amx_word_load(const unsigned char *words, size_t offset);
/// Changes them, and wakes as many as `wake` of those who wait for that with a bit of `group`, of any process, and one of the others.
void amx_word_change(unsigned char *words, size_t offset, int wake, unsigned int group);
/// Waits until they are no longer `seen`, or for some microseconds, or for less; at first it looks a number of times without sleeping.
void amx_word_wait(
    const unsigned char *words, size_t offset, unsigned int seen, unsigned int looks, unsigned int microseconds, unsigned int group);
/// The device and the inode that a path leads to, or of an open file where it is NULL; -1 with errno set where there is none. Its times are not asked for: a file whose times were
/// looked at has them written anew by the next write, which its next fdatasync then waits for.
int amx_file_identity(int descriptor, const char *path, uint64_t *device, uint64_t *inode);
/// Exchanges two directory entries in one step.
int amx_rename_exchange(const char *first, const char *second);
/// Renames without replacing an existing target; errno is EEXIST when there is one.
int amx_rename_noreplace(const char *from, const char *to);
// No system header is included here: its types would belong to this module, and those of Glibc would seem to be others.

/// Makes a spawned program start without the descriptors from `first` on; `actions` is a posix_spawn_file_actions_t.
/// Returns an error number.
int amx_spawn_close_from(void *actions, int first);
/// Makes a spawned program start in a directory. Returns an error number.
int amx_spawn_change_directory(void *actions, const char *path);
/// Writes all dirty pages of the file system that holds an open file.
int amx_syncfs(int descriptor);
/// Whether that call says of the file's system that something could not be written: Linux 5.8 and later does, of those whose
/// own code takes part. 1 or 0.
int amx_syncfs_tells_errors(int descriptor);
/// Takes bytes into a state of CRC-32C by the processor's instruction; -1, with nothing done, where it has none.
int amx_crc32c(uint32_t *state, const void *bytes, size_t count);
// How amx_open_beneath resolves a path: the kernel's own numbers, since its header's macros are no constants elsewhere.
enum {
    /// No link of a kind that only the kernel makes, as in /proc, is followed.
    AMX_RESOLVE_NO_MAGIC_LINKS = 0x02,
    /// No symbolic link is followed.
    AMX_RESOLVE_NO_LINKS = 0x04,
    /// Nothing leads out of the folder; absolute links neither.
    AMX_RESOLVE_BENEATH = 0x08,
    /// The folder is the root: for absolute links, and for what would lead out.
    AMX_RESOLVE_IN_ROOT = 0x10,
    /// A flag of opening: the descriptor stands for the file and cannot read it.
    AMX_OPEN_PLACE_ONLY = 010000000,
};
/// Opens a path from a folder by openat2(2), which Linux has since 5.6: the descriptor, or an error number below 0. `mode` counts only
/// where `flags` make a file.
int amx_open_beneath(int folder, const char *path, int flags, unsigned int mode, unsigned int resolve);
/// Makes a file that is only in memory, open for reading and writing.
int amx_memory_file(const char *name);
/// Keeps such a file as it is for good, whoever has it open.
int amx_memory_file_seal(int descriptor);
/// Opens a descriptor of a process that can be read once it has ended; this system call is of Linux 5.3.
int amx_process_descriptor(int process);

// MARK: Isolation. Each of these returns 0, or -1 with errno set, unless it says more.

/// Sends bytes as one message over a socket of packets, with some descriptors (at most 8).
int amx_message_send(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);
/// Receives one such message: how many bytes it has, 0 at the end. `descriptors` has room for 8, of which `descriptor_count` are set,
/// none of them kept by a program that is started. A message that is longer than `capacity`, or has more descriptors, is an error
/// (EMSGSIZE), and none of its descriptors stays open.
long amx_message_receive(int socket, void *bytes, size_t capacity, int *descriptors, size_t *descriptor_count);
/// Makes a pipe, reading end first, which no program that is started keeps.
int amx_pipe(int ends[2]);
/// Makes two connected sockets of packets, which no program that is started keeps.
int amx_message_sockets(int sockets[2]);
/// Makes a pair of connected stream sockets that programs started later do not inherit.
int amx_stream_sockets(int sockets[2]);
/// Makes this process the one that orphans of its own descendants come to, so that it can wait for all of them.
int amx_become_reaper(void);
/// Lets the kernel end this process last when there is no memory; what ``amx_start_limited`` starts is ended before others again. Does nothing
/// where this process may not.
void amx_be_ended_last(void);
/// Lets a process of this user in a user namespace of its own, and all that it starts there, be at most so many together. Does nothing, and
/// returns 1, where the kernel would count this user's other processes as well (before Linux 5.14).
int amx_limit_namespace(int process, uint64_t count);
/// Keeps this process, and what it starts, from gaining rights by starting a program.
int amx_give_up_gains(void);
/// Changes to a user and a group, for good, with no other groups.
int amx_become_user(unsigned int user, unsigned int group);
/// Takes a view of the file system and a network of its own. The network has nothing. An existing, empty folder has two folders then,
/// all read-only: `root`, which is what a program sees, with `/usr`, and files and folders from elsewhere at their targets, whose paths
/// are below it; and `dev` with devices. The targets are without devices and without programs that change the user. Needs the rights of root.
int amx_make_view(const char *folder, const char *const *sources, const char *const *targets, size_t count);
/// Puts this process, which has one thread, into a control group by the group's file `tasks` or `cgroup.procs`.
///
/// Nobody waits for that: the kernel lets a thread change over by itself at once, and others only when all processors have come by.
int amx_enter_group(const char *file);
/// Gives up what this process, or who started it, wants with signals: what it starts has the system's defaults.
void amx_default_signals(void);
/// A limit of a process: the kernel's number of the resource and its value.
struct amx_limit {
    int resource;
    uint64_t value;
};
/// Starts a program in a session of its own with an empty signal mask and exactly these descriptors: the one at index i becomes number
/// i in it. Returns its process id, once it has become the program. When that cannot be run it ends with status 127. Only for a process
/// with one thread, which waits meanwhile, and whose memory is not copied. The program is killed when this process ends.
int amx_start_limited(
    const char *path, char *const *arguments, char *const *environment, const int *descriptors, size_t descriptor_count,
    const struct amx_limit *limits, size_t limit_count);
