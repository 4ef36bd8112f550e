#pragma once
#include "text.h"

/// How many brackets of a value may be open; the supervisor reads four more.
enum { json_depth_limit = 60 };
/// The longest value in bytes; the supervisor reads lines of a mebibyte more.
enum { json_byte_limit = 15 << 20 };

/// The value of an object's member, of a JSON text that the supervisor wrote; false where there is none.
bool json_member(struct text object, const char *name, struct text *value);

/// Takes the next element off an array, which begins as the whole JSON text that the supervisor wrote; false after the
/// last one.
bool json_element(struct text *array, struct text *element);

/// Adds the text that a JSON string of the supervisor stands for.
void json_decode(struct buffer *to, struct text string);

/// Adds a text as a JSON string, with U+FFFD for each byte of it that is not UTF-8.
void json_quote(struct buffer *to, struct text text);

/// Adds a JSON text that JavaScript wrote in the form that the supervisor reads: without halves of surrogate pairs,
/// NULs in keys and more depth than may be, and with whole numbers beyond 64 bits as floating point numbers.
///
/// Returns NULL, or what cannot be passed on; with `repairs` the halves become U+FFFD instead.
const char *json_copy(struct buffer *to, struct text json, bool repairs);
