#include "host.h"

#include "call.h"

#include <answers.h>
#include <calls.h>
#include <json.h>
#include <string.h>

/// How much of a text that ends a call is told, in bytes, and the longest name of a function of the host.
enum { reason_limit = 4096, method_limit = 256 };

/// Ends the call: what it returns goes back to the engine.
static wasm_trap_t *end(const char *name, const char *reason, size_t count) {
    call.end = name;
    call.reason.count = 0;
    buffer_add(&call.reason, reason, count < reason_limit ? count : reason_limit);
    return wt_trap_new(name, strlen(name));
}

/// Bytes of the memory of whoever calls; false, with what ends the call, where they are not all in it.
static bool bytes_at(
    wasmtime_caller_t *caller, const wasmtime_val_t *address, const wasmtime_val_t *count, char **bytes, size_t *length,
    wasm_trap_t **trap) {
    static const char missing[] = "it calls its host, but exports no memory by the name 'memory'";
    static const char outside[] = "it gave its host an address outside of its memory";
    wasmtime_extern_t found;
    if (!wt_caller_export(caller, "memory", 6, &found) || found.kind != wt_kind_memory) {
        *trap = end("module", missing, sizeof missing - 1);
        return false;
    }
    wasmtime_context_t *context = wt_caller_context(caller);
    size_t size = wt_memory_bytes(context, &found.of.memory);
    size_t first = (uint32_t)address->of.i32;
    *length = (uint32_t)count->of.i32;
    if (first > size || *length > size - first) {
        *trap = end("out_of_bounds", outside, sizeof outside - 1);
        return false;
    }
    *bytes = wt_memory_data(context, &found.of.memory) + first;
    return true;
}

/// Copies as much of a text as there is room for, and gives its whole length.
static wasm_trap_t *copy_out(
    wasmtime_caller_t *caller, const wasmtime_val_t *arguments, wasmtime_val_t *results, struct text text) {
    wasm_trap_t *trap = NULL;
    char *bytes;
    size_t room;
    if (!bytes_at(caller, &arguments[0], &arguments[1], &bytes, &room, &trap)) return trap;
    size_t count = text.count < room ? text.count : room;
    if (count > 0) memcpy(bytes, text.bytes, count);
    results[0].kind = wt_i32;
    results[0].of.i32 = (int32_t)text.count;
    return NULL;
}

static wasm_trap_t *input(
    void *data, wasmtime_caller_t *caller, const wasmtime_val_t *arguments, size_t count, wasmtime_val_t *results,
    size_t result_count) {
    (void)data, (void)count, (void)result_count;
    return copy_out(caller, arguments, results, call.input);
}

static wasm_trap_t *answer(
    void *data, wasmtime_caller_t *caller, const wasmtime_val_t *arguments, size_t count, wasmtime_val_t *results,
    size_t result_count) {
    (void)data, (void)count, (void)result_count;
    return copy_out(caller, arguments, results, buffer_text(&call.answer));
}

static wasm_trap_t *result(
    void *data, wasmtime_caller_t *caller, const wasmtime_val_t *arguments, size_t count, wasmtime_val_t *results,
    size_t result_count) {
    (void)data, (void)count, (void)results, (void)result_count;
    static const char large[] = "it is more than 15 MiB";
    wasm_trap_t *trap = NULL;
    char *bytes;
    size_t length;
    if (!bytes_at(caller, &arguments[0], &arguments[1], &bytes, &length, &trap)) return trap;
    if (length > call_byte_limit) return end("result", large, sizeof large - 1);
    call.has_result = true;
    call.result.count = 0;
    buffer_add(&call.result, bytes, length);
    return NULL;
}

static wasm_trap_t *fail(
    void *data, wasmtime_caller_t *caller, const wasmtime_val_t *arguments, size_t count, wasmtime_val_t *results,
    size_t result_count) {
    (void)data, (void)count, (void)results, (void)result_count;
    wasm_trap_t *trap = NULL;
    char *bytes;
    size_t length;
    if (!bytes_at(caller, &arguments[0], &arguments[1], &bytes, &length, &trap)) return trap;
    return end("exception", bytes, length);
}

/// Keeps an error for whoever called: its name, and its message as JSON.
static void keep_error(const char *name, struct text message) {
    buffer_add_text(&call.answer, "{\"code\":\"");
    buffer_add_text(&call.answer, name);
    buffer_add_text(&call.answer, "\",\"message\":");
    buffer_add(&call.answer, message.bytes, message.count);
    buffer_add_text(&call.answer, "}");
}

/// Asks the supervisor, and keeps its answer; whether that is a result.
static bool ask(struct text method, struct text parameters) {
    call.answer.count = 0;
    struct buffer request = {0};
    calls_begin(&request);
    bool is_small = method.count <= method_limit && parameters.count <= call_byte_limit;
    if (is_small) {
        json_quote(&request, method);
        // As a text: whether it is JSON is for the supervisor to say.
        buffer_add_text(&request, ",\"params\":");
        json_quote(&request, parameters);
    }
    if (!is_small || request.count >= call_line_limit) {
        buffer_free(&request);
        keep_error("invalidParameters", text_of("\"it is more than 15 MiB of JSON\""));
        return false;
    }
    struct text answer, message = text_of("\"\"");
    if (calls_ask(&request, &answer)) {
        buffer_add(&call.answer, answer.bytes, answer.count);
        return true;
    }
    json_member(answer, "message", &message);
    keep_error(answer_error_name(answer), message);
    return false;
}

static wasm_trap_t *ask_host(
    void *data, wasmtime_caller_t *caller, const wasmtime_val_t *arguments, size_t count, wasmtime_val_t *results,
    size_t result_count) {
    (void)data, (void)count, (void)result_count;
    wasm_trap_t *trap = NULL;
    struct text method, parameters;
    char *bytes;
    if (!bytes_at(caller, &arguments[0], &arguments[1], &bytes, &method.count, &trap)) return trap;
    method.bytes = bytes;
    if (!bytes_at(caller, &arguments[2], &arguments[3], &bytes, &parameters.count, &trap)) return trap;
    parameters.bytes = bytes;
    bool is_result = ask(method, parameters);
    int32_t length = (int32_t)call.answer.count;
    results[0].kind = wt_i32;
    results[0].of.i32 = is_result ? length : -length;
    return NULL;
}

bool host_define(wasmtime_linker_t *linker) {
    static const struct {
        const char *name;
        wasmtime_func_callback_t function;
        size_t parameters, results;
    } functions[] = {
        {"input", input, 2, 1}, {"result", result, 2, 0}, {"fail", fail, 2, 0},
        {"call", ask_host, 4, 1}, {"answer", answer, 2, 1},
    };
    for (size_t index = 0; index < sizeof functions / sizeof *functions; index++) {
        wasm_valtype_t *kinds[4];
        wasm_valtype_vec_t parameters, results;
        for (size_t kind = 0; kind < functions[index].parameters; kind++) kinds[kind] = wt_valtype_new(wt_i32);
        wt_valtypes_new(&parameters, functions[index].parameters, kinds);
        for (size_t kind = 0; kind < functions[index].results; kind++) kinds[kind] = wt_valtype_new(wt_i32);
        wt_valtypes_new(&results, functions[index].results, kinds);
        wasm_functype_t *type = wt_functype_new(&parameters, &results);
        wasmtime_error_t *error = wt_linker_define(
            linker, "aimatrix", 8, functions[index].name, strlen(functions[index].name), type,
            functions[index].function, NULL, NULL);
        wt_functype_delete(type);
        if (error != NULL) return false;
    }
    return true;
}
