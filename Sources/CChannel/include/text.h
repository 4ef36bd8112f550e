#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Some bytes of somebody else's.
struct text {
    const char *bytes;
    size_t count;
};

/// Bytes that grow; begins as all zeros. A NUL stands behind them where there are any.
struct buffer {
    char *bytes;
    size_t count, capacity;
};

/// Adds bytes; ends the process where there is no memory.
void buffer_add(struct buffer *buffer, const char *bytes, size_t count);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_free(struct buffer *buffer);

/// What a buffer has, until it changes.
struct text buffer_text(const struct buffer *buffer);

/// The bytes of a text of C.
struct text text_of(const char *text);
/// Whether some bytes are those of a text of C.
bool text_is(struct text text, const char *other);
/// Whether bytes are UTF-8 without NUL, which would end the texts of C.
bool is_plain_utf8(struct text text);
