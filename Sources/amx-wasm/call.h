#pragma once
#include <CWasmtime.h>
#include <text.h>

/// What a call has been given, and what has come of it so far.
struct call {
    struct text input;
    /// What the code gave back, and where it said nothing, what a command wrote.
    struct buffer result, output;
    bool has_result, is_command;
    /// Whether a command wrote more than a result may have.
    bool is_flood;
    /// What its host answered last.
    struct buffer answer;
    /// Why it was ended by its host: a name, NULL as long as it was not, and a text.
    const char *end;
    struct buffer reason;
};

/// The call that runs; there is one at a time.
extern struct call call;

/// The longest result and parameters in bytes, and the longest message that they may become as a JSON string.
enum { call_byte_limit = 15 << 20, call_line_limit = 31 << 20 };

/// Prepares for calls whose memories may each have some bytes; false where that fails.
bool call_begin(long long memory_bytes);

/// Runs what a request's parameters ask for, and adds the members of the answer: `"result":"..."`, a text that is to be
/// JSON, or `"error":{...}`. False where the request is none.
bool call_run(struct text parameters, struct buffer *answer);
