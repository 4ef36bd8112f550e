#include "json.h"

#include <string.h>

/// Moves over a string, from its opening quote to behind its closing one.
static const char *skip_string(const char *next, const char *end) {
    for (next++; next < end && *next != '"'; next++)
        if (*next == '\\') next++;
    return next < end ? next + 1 : end;
}

/// Moves over a value.
static const char *skip_value(const char *next, const char *end) {
    int depth = 0;
    while (next < end) {
        switch (*next) {
        case '"':
            next = skip_string(next, end);
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            if (depth-- == 0) return next;
            break;
        case ',':
            if (depth == 0) return next;
        }
        next++;
    }
    return end;
}

bool json_member(struct text object, const char *name, struct text *value) {
    const char *next = object.bytes, *end = next + object.count;
    if (next == end || *next++ != '{') return false;
    while (next < end && *next == '"') {
        const char *key = next + 1;
        next = skip_string(next, end);
        size_t count = (size_t)(next - key) - 1;
        if (next == end || *next++ != ':') return false;
        const char *start = next;
        next = skip_value(next, end);
        if (count == strlen(name) && memcmp(key, name, count) == 0) {
            *value = (struct text){start, (size_t)(next - start)};
            return true;
        }
        if (next < end && *next == ',') next++;
    }
    return false;
}

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Adds a number, which begins at `next`; returns what is behind it.
static const char *copy_number(struct buffer *to, const char *next, const char *end) {
    const char *start = next;
    if (*next == '-') next++;
    const char *digits = next;
    while (next < end && is_digit(*next)) next++;
    bool is_long = next - digits > 18;
    bool is_whole = next == end || (*next != '.' && *next != 'e' && *next != 'E');
    while (next < end && (is_digit(*next) || *next == '.' || *next == 'e' || *next == 'E' || *next == '+' || *next == '-'))
        next++;
    buffer_add(to, start, (size_t)(next - start));
    if (is_long && is_whole) buffer_add_text(to, ".0");
    return next;
}

const char *json_copy(struct buffer *to, struct text json, bool repairs) {
    const char *next = json.bytes, *end = next + json.count;
    int depth = 0;
    while (next < end) {
        if (*next == '-' || is_digit(*next)) {
            next = copy_number(to, next, end);
            continue;
        }
        if (*next == '{' || *next == '[') {
            if (++depth > json_depth_limit) return "it is more than 60 levels deep";
        } else if (*next == '}' || *next == ']') {
            depth--;
        }
        if (*next != '"') {
            buffer_add(to, next++, 1);
            continue;
        }
        const char *start = next++;
        bool has_nul = false;
        for (; next < end && *next != '"'; next++) {
            if (*next != '\\') continue;
            if (++next == end) break;
            if (end - next < 5 || *next != 'u') continue;
            if (memcmp(next, "u0000", 5) == 0) has_nul = true;
            // JavaScript writes whole pairs as they are, so that what is escaped is a half.
            if (next[1] != 'd' || next[2] < '8') continue;
            if (!repairs) return "a text in it has half of a surrogate pair";
            buffer_add(to, start, (size_t)(next - start));
            buffer_add_text(to, "ufffd");
            start = next + 5;
            next += 4;
        }
        if (next < end) next++;
        if (has_nul && next < end && *next == ':') return "a key in it has a NUL";
        buffer_add(to, start, (size_t)(next - start));
    }
    return NULL;
}
