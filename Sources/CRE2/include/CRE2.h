#pragma once
#include <stddef.h>
#include <stdint.h>
/// RE2 behind functions of C: no exception leaves them, and nothing is written to standard error.

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern. All functions but amx_re2_free may be called from several threads at once.
typedef struct amx_re2 amx_re2;

/// Why there is no compiled pattern.
enum {
    AMX_RE2_OK = 0,
    /// The pattern is not one of RE2's.
    AMX_RE2_SYNTAX = 1,
    /// Its program passes the memory bound.
    AMX_RE2_TOO_LARGE = 2,
    /// The system has no more memory.
    AMX_RE2_NO_MEMORY = 3,
};

/// Compiles a pattern of UTF-8 for texts of UTF-8; `memory` bounds its program and what matching keeps, in bytes.
///
/// Where that fails the result is NULL, and `fault` holds RE2's reason and the part of the pattern that it is about, cut to `capacity` with a NUL.
amx_re2 *amx_re2_compile(
    const char *pattern, size_t count, int ignores_case, int64_t memory, int *code, char *fault, size_t capacity);

/// Lets a pattern go.
void amx_re2_free(amx_re2 *expression);

/// The number of instructions of the larger of its two programs (it searches forwards, then backwards).
int amx_re2_program_size(const amx_re2 *expression);

/// The number of its capturing groups.
int amx_re2_groups(const amx_re2 *expression);

/// Looks for the leftmost match that starts at `start` or later; 1 when there is one, 0 when not, -1 when memory is short.
///
/// `bounds` gets where the match and where one of its groups begin and end: four offsets, the last two -1 where the group took no part. With
/// NULL only whether there is a match is found out, which takes less time.
int amx_re2_search(
    const amx_re2 *expression, const char *text, size_t count, size_t start, int group, ptrdiff_t *bounds);

#ifdef __cplusplus
}
#endif
