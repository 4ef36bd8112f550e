#pragma once
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
/// What Linux offers and Glibc's Swift module hides. Each returns 0 or a descriptor, or -1 with errno set.

/// Takes an exclusive (or shared) advisory lock on an open file without waiting; errno is EWOULDBLOCK while it is held.
int amx_flock_try(int descriptor, int exclusive);
/// Exchanges two directory entries in one step.
int amx_rename_exchange(const char *first, const char *second);
/// Renames without replacing an existing target; errno is EEXIST when there is one.
int amx_rename_noreplace(const char *from, const char *to);
/// Makes a spawned program start without the descriptors from `first` on. Returns an error number.
int amx_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
/// Makes a spawned program start in a directory. Returns an error number.
int amx_spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path);
/// Writes all dirty pages of the file system that holds an open file.
int amx_syncfs(int descriptor);
