#include "json.h"

#include <stdio.h>
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

bool json_element(struct text *array, struct text *element) {
    const char *next = array->bytes, *end = next + array->count;
    if (next == end || (*next != '[' && *next != ',')) return false;
    const char *start = ++next;
    next = skip_value(next, end);
    *array = (struct text){next, (size_t)(end - next)};
    *element = (struct text){start, (size_t)(next - start)};
    return next > start;
}

static unsigned hexadecimal(const char *digits) {
    unsigned value = 0;
    for (int index = 0; index < 4; index++) {
        char digit = digits[index];
        value = value * 16 + (unsigned)(digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
    }
    return value;
}

static void add_scalar(struct buffer *to, unsigned scalar) {
    char bytes[4];
    size_t count = scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
    for (size_t index = count - 1; index > 0; index--, scalar >>= 6) bytes[index] = (char)(0x80 | (scalar & 0x3F));
    static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
    bytes[0] = (char)(heads[count - 1] | scalar);
    buffer_add(to, bytes, count);
}

void json_decode(struct buffer *to, struct text string) {
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    const char *next = string.bytes, *end = next + string.count;
    if (next < end && *next == '"') next++;
    while (next < end && *next != '"') {
        if (*next != '\\' || end - next < 2) {
            buffer_add(to, next++, 1);
            continue;
        }
        const char *name = strchr(names, next[1]);
        if (next[1] == 'u' && end - next >= 6) {
            unsigned scalar = hexadecimal(next + 2);
            next += 6;
            // The supervisor writes both halves of a pair, or none.
            if (scalar >> 10 == 0xD800 >> 10 && end - next >= 6) {
                scalar = 0x10000 + ((scalar & 0x3FF) << 10 | (hexadecimal(next + 2) & 0x3FF));
                next += 6;
            }
            add_scalar(to, scalar);
            continue;
        }
        buffer_add(to, name == NULL ? next + 1 : values + (name - names), 1);
        next += 2;
    }
    buffer_add_text(to, "");
}

void json_quote(struct buffer *to, struct text text) {
    buffer_add_text(to, "\"");
    for (size_t index = 0, start = 0; index <= text.count; index++) {
        unsigned char byte = index < text.count ? (unsigned char)text.bytes[index] : 0;
        if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') continue;
        // What needs no change is added at once, and so is a character of several bytes.
        size_t count = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
        if (byte >= 0xC2 && count <= text.count - index && is_plain_utf8((struct text){text.bytes + index, count})) {
            index += count - 1;
            continue;
        }
        if (index > start) buffer_add(to, text.bytes + start, index - start);
        start = index + 1;
        if (index == text.count) break;
        char escape[8] = {'\\', (char)byte, 0};
        if (byte >= 0x80) strcpy(escape, "\xEF\xBF\xBD");
        else if (byte == '\n') escape[1] = 'n';
        else if (byte < 0x20) snprintf(escape, sizeof escape, "\\u%04x", byte);
        buffer_add_text(to, escape);
    }
    buffer_add_text(to, "\"");
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
    while (next < end && (is_digit(*next) || memchr(".eE+-", *next, 5) != NULL)) next++;
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
