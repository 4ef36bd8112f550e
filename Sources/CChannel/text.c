#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void buffer_add(struct buffer *buffer, const char *bytes, size_t count) {
    if (count >= buffer->capacity - buffer->count) {
        size_t capacity = buffer->capacity * 2 + count + 256;
        char *grown = realloc(buffer->bytes, capacity);
        // Only the machine's own memory can be short here: the sandbox's limit kills instead.
        if (grown == NULL) _exit(125);
        buffer->bytes = grown;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    buffer->bytes[buffer->count] = 0;
}

void buffer_add_text(struct buffer *buffer, const char *text) { buffer_add(buffer, text, strlen(text)); }

void buffer_free(struct buffer *buffer) {
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

struct text buffer_text(const struct buffer *buffer) { return (struct text){buffer->bytes, buffer->count}; }

struct text text_of(const char *text) { return (struct text){text, strlen(text)}; }

bool text_is(struct text text, const char *other) {
    return text.count == strlen(other) && memcmp(text.bytes, other, text.count) == 0;
}

bool is_plain_utf8(struct text text) {
    const unsigned char *next = (const unsigned char *)text.bytes, *end = next + text.count;
    while (next < end) {
        unsigned char first = *next++;
        if (first == 0) return false;
        if (first < 0x80) continue;
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || end - next < more) return false;
        // The second byte's range shuts out long forms, surrogates, and what is above Unicode.
        unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        for (; more > 0; more--, low = 0x80, high = 0xBF)
            if (*next < low || *next++ > high) return false;
    }
    return true;
}
