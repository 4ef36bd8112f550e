#include "failure.h"

#include "call.h"
#include "module.h"

#include <json.h>
#include <stdio.h>

/// How much is told of an error, in bytes, and of what was called.
enum { message_limit = 4096, name_limit = 256, frame_limit = 20 };

/// What Wasmtime's traps are called, by their codes, and what they mean.
static const struct {
    const char *name, *meaning;
} traps[] = {
    {"stack_overflow", "its functions call each other too deep"},
    {"out_of_bounds", "it used an address outside of its memory"},
    {"misaligned", "it used an address that is not aligned"},
    {"table_out_of_bounds", "it used an element outside of its table"},
    {"null_call", "it called an element of a table that is empty"},
    {"bad_signature", "it called a function as one of another type"},
    {"integer_overflow", "a whole number became too large"},
    {"div_by_zero", "it divided by zero"},
    {"bad_conversion", "it made a whole number of one that has none"},
    {"unreachable", "it came to where it can never come"},
};

/// Adds an answer that is an error, up to further members of its data, which ends with `}}`.
static void begin_error(struct buffer *to, const char *kind, const char *name, struct text message) {
    buffer_add_text(to, "\"error\":{\"code\":1,\"message\":\"it failed\",\"data\":{\"kind\":\"");
    buffer_add_text(to, kind);
    buffer_add_text(to, "\",\"name\":\"");
    buffer_add_text(to, name);
    buffer_add_text(to, "\",\"message\":");
    if (message.count > message_limit) message.count = message_limit;
    json_quote(to, message);
}

void failure_add(struct buffer *to, const char *kind, const char *name, struct text message) {
    begin_error(to, kind, name, message);
    buffer_add_text(to, "}}");
}

void failure_add_fault(struct buffer *to, struct text path, const char *what, struct text detail) {
    struct buffer message = {0};
    buffer_add(&message, path.bytes, path.count);
    buffer_add_text(&message, what);
    buffer_add(&message, detail.bytes, detail.count);
    failure_add(to, "trap", "module", buffer_text(&message));
    buffer_free(&message);
}

/// Adds the functions that were called, the last one first, and takes the list.
static void add_stack(struct buffer *to, wasm_frame_vec_t *frames) {
    buffer_add_text(to, ",\"stack\":[");
    for (size_t index = 0; index < frames->size && index < frame_limit; index++) {
        if (index > 0) buffer_add_text(to, ",");
        const wasm_byte_vec_t *name = wt_frame_function(frames->data[index]);
        char number[32];
        snprintf(number, sizeof number, "function %u", wt_frame_index(frames->data[index]));
        struct text text = name == NULL ? text_of(number) : (struct text){name->data, name->size};
        if (text.count > name_limit) text.count = name_limit;
        json_quote(to, text);
    }
    buffer_add_text(to, "]}}");
    wt_frames_delete(frames);
}

void failure_add_trap(struct buffer *to, wasm_trap_t *trap, bool is_full) {
    uint8_t code;
    if (is_full) {
        begin_error(to, "oom", "", text_of("its memory could not grow"));
    } else if (wt_trap_code(trap, &code) && code < sizeof traps / sizeof *traps) {
        begin_error(to, "trap", traps[code].name, text_of(traps[code].meaning));
    } else {
        begin_error(to, "trap", "other", text_of("the engine stopped it"));
    }
    wasm_frame_vec_t frames = {0};
    wt_trap_trace(trap, &frames);
    add_stack(to, &frames);
    wt_trap_delete(trap);
}

void failure_add_error(struct buffer *to, struct text path, wasmtime_error_t *error, bool is_running) {
    int status = 0;
    if (wt_error_status(error, &status)) {
        wt_error_delete(error);
        if (status == 0) return;
        char text[64];
        snprintf(text, sizeof text, "it ended with status %d", status);
        begin_error(to, "exit", "", text_of(text));
        snprintf(text, sizeof text, ",\"status\":%d}}", status);
        buffer_add_text(to, text);
        return;
    }
    wasm_frame_vec_t frames = {0};
    wt_error_trace(error, &frames);
    struct buffer message = {0};
    module_add_error(&message, error);
    struct text text = buffer_text(&message);
    if (call.end != NULL) begin_error(to, "trap", call.end, buffer_text(&call.reason));
    else if (is_running) begin_error(to, "trap", "other", text);
    if (call.end != NULL || is_running) {
        add_stack(to, &frames);
    } else {
        wt_frames_delete(&frames);
        failure_add_fault(to, path, " cannot be instantiated: ", text);
    }
    buffer_free(&message);
    // The frames are its own, so it goes last.
    wt_error_delete(error);
}
