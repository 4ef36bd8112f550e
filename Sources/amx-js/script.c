#include "script.h"

#include "asset.h"
#include "host.h"
#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// The longest file in bytes.
enum { source_limit = 8 << 20 };
/// How much of an exception's texts is told, in units of UTF-16.
enum { name_limit = 256, message_limit = 4096, stack_limit = 16384 };
/// The codes of the answers that are errors, as the supervisor knows them.
enum { code_exception = 1, code_result = 2 };

// MARK: Texts

void script_release_text(JSStringRef *text) {
    if (*text != NULL) js_string_release(*text);
}

void script_add_text(struct buffer *to, JSStringRef text) {
    size_t size = js_string_utf8_limit(text);
    char *bytes = malloc(size);
    if (bytes == NULL) _exit(125);
    size_t count = js_string_utf8(text, bytes, size);
    if (count > 0) buffer_add(to, bytes, count - 1);
    free(bytes);
}

void script_add_quoted(JSContextRef context, struct buffer *to, JSStringRef text, size_t limit) {
    size_t count = js_string_length(text);
    JS_TEXT short_text = js_string_from_utf16(js_string_units(text), count < limit ? count : limit);
    JS_TEXT json = js_to_json(context, js_from_string(context, short_text), 0, NULL);
    struct buffer bytes = {0};
    if (json != NULL) script_add_text(&bytes, json);
    if (bytes.count == 0) buffer_add_text(&bytes, "\"\"");
    json_copy(to, buffer_text(&bytes), true);
    buffer_free(&bytes);
}

const char *script_add_value(JSContextRef context, struct buffer *to, JSValueRef value, JSValueRef *exception) {
    if (js_is_undefined(context, value)) {
        buffer_add_text(to, "null");
        return NULL;
    }
    JS_TEXT json = js_to_json(context, value, 0, exception);
    if (*exception != NULL) return NULL;
    if (json == NULL) return "JSON has no functions and no symbols";
    if (js_string_length(json) > json_byte_limit) return "it is more than 15 MiB of JSON";
    struct buffer bytes = {0};
    script_add_text(&bytes, json);
    size_t before = to->count;
    const char *fault = json_copy(to, buffer_text(&bytes), false);
    buffer_free(&bytes);
    if (fault == NULL && to->count - before > json_byte_limit) fault = "it is more than 15 MiB of JSON";
    if (fault != NULL) to->count = before;
    return fault;
}

static JSValueRef evaluate(JSContextRef context, const char *text, const char *name, JSValueRef *exception) {
    JS_TEXT script = js_string_from_utf8(text);
    JS_TEXT url = js_string_from_utf8(name);
    return js_evaluate(context, script, NULL, url, 1, exception);
}

// MARK: The machine

struct script script_make(void) {
    struct script script;
    script.group = js_context_group_create();
    script.context = js_context_create(script.group, NULL);
    // Programs from elsewhere, memory shared with other threads, and a console that nobody reads.
    static const char *const unwanted[] = {"WebAssembly", "SharedArrayBuffer", "Atomics", "console", "ShadowRealm"};
    for (size_t index = 0; index < sizeof unwanted / sizeof *unwanted; index++) {
        JS_TEXT name = js_string_from_utf8(unwanted[index]);
        js_delete(script.context, js_context_global(script.context), name, NULL);
    }
    JS_TEXT message = js_string_from_utf8("text cannot become code here");
    js_context_set_eval(script.context, false, message);
    host_add(script.context);
    return script;
}

void script_release(struct script *script) {
    js_context_release(script->context);
    js_context_group_release(script->group);
}

// MARK: Errors

/// A property of an exception, whose own code may throw; NULL where there is none.
static JSValueRef property(JSContextRef context, JSValueRef object, const char *name) {
    JS_TEXT text = js_string_from_utf8(name);
    JSValueRef exception = NULL;
    JSValueRef value = js_get(context, (JSObjectRef)object, text, &exception);
    return exception != NULL || value == NULL || js_is_undefined(context, value) ? NULL : value;
}

static void add_text_member(JSContextRef context, struct buffer *to, const char *name, JSValueRef value, size_t limit) {
    JSValueRef exception = NULL;
    JS_TEXT text = value == NULL ? NULL : js_to_string(context, value, &exception);
    if (text == NULL || exception != NULL) return;
    buffer_add_text(to, ",\"");
    buffer_add_text(to, name);
    buffer_add_text(to, "\":");
    script_add_quoted(context, to, text, limit);
}

static void add_number_member(JSContextRef context, struct buffer *to, const char *name, JSValueRef value) {
    JSValueRef exception = NULL;
    double number = value == NULL ? 0 : js_to_number(context, value, &exception);
    if (exception != NULL || !(number >= 1 && number <= 1e9)) return;
    char text[64];
    snprintf(text, sizeof text, ",\"%s\":%d", name, (int)number);
    buffer_add_text(to, text);
}

/// Adds an answer that is an error, up to its data, which ends with `}}`.
static void begin_error(struct buffer *to, int code, const char *message) {
    char text[64];
    snprintf(text, sizeof text, "\"error\":{\"code\":%d,\"message\":\"", code);
    buffer_add_text(to, text);
    buffer_add_text(to, message);
    buffer_add_text(to, "\",\"data\":{\"thrown\":true");
}

/// Adds what is told of an exception that nobody caught.
static void add_exception(JSContextRef context, struct buffer *to, JSValueRef thrown) {
    begin_error(to, code_exception, "an exception that nobody caught");
    bool is_object = js_is_object(context, thrown);
    JSValueRef message = is_object ? property(context, thrown, "message") : NULL;
    if (is_object) add_text_member(context, to, "name", property(context, thrown, "name"), name_limit);
    add_text_member(context, to, "message", message == NULL ? thrown : message, message_limit);
    if (is_object) {
        add_text_member(context, to, "file", property(context, thrown, "sourceURL"), name_limit);
        add_number_member(context, to, "line", property(context, thrown, "line"));
        add_number_member(context, to, "column", property(context, thrown, "column"));
        add_text_member(context, to, "stack", property(context, thrown, "stack"), stack_limit);
    }
    buffer_add_text(to, "}}");
}

/// Adds an error of the engine's own, whose text is one of C.
static void add_fault(JSContextRef context, struct buffer *to, int code, const char *first, const char *rest) {
    struct buffer message = {0};
    buffer_add_text(&message, first);
    buffer_add_text(&message, rest);
    JS_TEXT text = js_string_from_utf8(message.bytes);
    buffer_free(&message);
    begin_error(to, code, "it cannot be run");
    buffer_add_text(to, ",\"message\":");
    script_add_quoted(context, to, text, message_limit);
    buffer_add_text(to, "}}");
}

// MARK: A call

/// How the call's promise was settled.
static struct {
    JSGlobalContextRef context;
    JSValueRef value;
    bool is_settled, is_thrown;
} outcome;

/// `done(isThrown, value)`; only the first one counts.
static JSValueRef done(
    JSContextRef context, JSObjectRef function, JSObjectRef this_object, size_t count, const JSValueRef arguments[],
    JSValueRef *exception) {
    (void)function, (void)this_object;
    if (count == 2 && !outcome.is_settled) {
        outcome.is_thrown = js_to_number(context, arguments[0], exception) != 0;
        outcome.is_settled = true;
        outcome.value = arguments[1];
        js_protect(outcome.context, outcome.value);
    }
    return js_undefined(context);
}

/// Evaluates the file and starts the handler; the exception that is thrown by either, or NULL.
static JSValueRef start(
    JSGlobalContextRef context, const char *source, const char *path, JSValueRef input, const char **fault) {
    JSValueRef exception = NULL;
    evaluate(context, source, path, &exception);
    if (exception != NULL) return exception;
    // A function that is declared is a property of the global object, one that is a constant is not: both have the
    // name.
    JSValueRef starter = evaluate(
        context,
        "typeof handler !== 'function' ? 0 : async (input, done) => {\n"
        "  let value;\n"
        "  try { value = await handler(input) } catch (thrown) { return done(1, thrown) }\n"
        "  done(0, value)\n"
        "}",
        "aimatrix", &exception);
    if (exception != NULL) return exception;
    if (!js_is_object(context, starter)) {
        *fault = "there is no function handler in ";
        return NULL;
    }
    JS_TEXT name = js_string_from_utf8("done");
    JSValueRef arguments[] = {input, js_function_make(context, name, done)};
    // The engine runs all that waits, of promises too, before it returns.
    js_call(context, (JSObjectRef)starter, NULL, 2, arguments, &exception);
    return exception;
}

static void finish(JSGlobalContextRef context, const char *path, struct buffer *answer) {
    if (!outcome.is_settled) {
        add_fault(context, answer, code_result, "nothing is left that would settle the promise of ", path);
        return;
    }
    if (outcome.is_thrown) {
        add_exception(context, answer, outcome.value);
        return;
    }
    size_t before = answer->count;
    buffer_add_text(answer, "\"result\":");
    JSValueRef exception = NULL;
    const char *fault = script_add_value(context, answer, outcome.value, &exception);
    if (fault == NULL && exception == NULL) return;
    answer->count = before;
    if (fault != NULL) {
        add_fault(context, answer, code_result, "what it gave back is not JSON: ", fault);
        return;
    }
    add_exception(context, answer, exception);
    // What a result's own code throws, or that it contains itself, is a fault of the result.
    answer->bytes[before + strlen("\"error\":{\"code\":")] = '0' + code_result;
}

/// A string of C of one that is JSON.
static void decode(JSContextRef context, struct text json, struct buffer *to) {
    struct buffer copy = {0};
    buffer_add(&copy, json.bytes, json.count);
    JS_TEXT text = js_string_from_utf8(copy.bytes);
    buffer_free(&copy);
    JSValueRef value = js_from_json(context, text);
    JS_TEXT decoded = value == NULL ? NULL : js_to_string(context, value, NULL);
    if (decoded != NULL) script_add_text(to, decoded);
    buffer_add_text(to, "");
}

void script_run(struct script *script, struct text path, struct text input, struct buffer *answer) {
    JSGlobalContextRef context = script->context;
    struct buffer name = {0}, code = {0}, json = {0};
    decode(context, path, &name);
    bool is_there = asset_read(name.bytes, source_limit, &code);
    // Of an empty file, an empty text.
    if (is_there) buffer_add_text(&code, "");
    buffer_add(&json, input.bytes, input.count);
    if (!is_there) {
        const char *reason = strerror(errno);
        buffer_add_text(&name, ": ");
        add_fault(context, answer, code_exception, name.bytes, reason);
    } else if (!is_plain_utf8(buffer_text(&code))) {
        add_fault(context, answer, code_exception, name.bytes, " is not UTF-8");
    } else {
        JS_TEXT input_text = js_string_from_utf8(json.bytes);
        JSValueRef value = js_from_json(context, input_text);
        if (value == NULL) value = js_undefined(context);
        buffer_free(&json);
        outcome = (__typeof__(outcome)){.context = context};
        const char *fault = NULL;
        bool has_mark = code.count >= 3 && memcmp(code.bytes, "\xEF\xBB\xBF", 3) == 0;
        JSValueRef thrown = start(context, code.bytes + (has_mark ? 3 : 0), name.bytes, value, &fault);
        if (thrown != NULL) add_exception(context, answer, thrown);
        else if (fault != NULL) add_fault(context, answer, code_exception, fault, name.bytes);
        else finish(context, name.bytes, answer);
        if (outcome.value != NULL) js_unprotect(context, outcome.value);
    }
    buffer_free(&name);
    buffer_free(&code);
    buffer_free(&json);
}
