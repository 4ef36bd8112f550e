#include "host.h"

#include "answers.h"
#include "calls.h"
#include "json.h"
#include "script.h"

#include <stdlib.h>

/// `docs/host-functions.md` has the methods. What is passed on has no prototype, so that code that changes those of the
/// language's own objects changes nothing here.
static const char prelude[] =
    "(call => {\n"
    "  'use strict';\n"
    "  const { freeze } = Object, Failure = TypeError;\n"
    "  const method = name => parameters => {\n"
    "    if (parameters === null || (parameters !== undefined && typeof parameters !== 'object'))\n"
    "      throw new Failure(name + ' takes an object of parameters');\n"
    "    return call(name, { __proto__: null, ...parameters });\n"
    "  };\n"
    "  const group = (name, methods) => {\n"
    "    const made = { __proto__: null };\n"
    "    for (const each of methods) made[each] = method(name + '.' + each);\n"
    "    return freeze(made);\n"
    "  };\n"
    "  return freeze({\n"
    "    __proto__: null,\n"
    "    assets: group('assets', ['list', 'read']),\n"
    "    kv: group('kv', ['get', 'set', 'delete', 'list']),\n"
    "    http: group('http', ['request']),\n"
    "    events: group('events', ['emit']),\n"
    "    log: method('log'),\n"
    "    config: group('config', ['get']),\n"
    "  });\n"
    "})";

static JSValueRef error(JSContextRef context, JSValueRef message, const char *code) {
    JSObjectRef made = js_error_make(context, 1, &message, NULL);
    if (made == NULL) return message;
    JS_TEXT name = js_string_from_utf8("code");
    JS_TEXT value = js_string_from_utf8(code);
    js_set(context, made, name, js_from_string(context, value), js_not_enumerable, NULL);
    return made;
}

static JSValueRef error_of_text(JSContextRef context, const char *message, const char *code) {
    JS_TEXT text = js_string_from_utf8(message);
    return error(context, js_from_string(context, text), code);
}

/// A value of a JSON text that the supervisor wrote.
static JSValueRef value_of(JSContextRef context, struct text json) {
    struct buffer copy = {0};
    buffer_add(&copy, json.bytes, json.count);
    JS_TEXT text = js_string_from_utf8(copy.bytes);
    buffer_free(&copy);
    JSValueRef value = js_from_json(context, text);
    return value == NULL ? js_undefined(context) : value;
}

static JSValueRef error_of_answer(JSContextRef context, struct text answer) {
    struct text message = text_of("\"\"");
    json_member(answer, "message", &message);
    return error(context, value_of(context, message), answer_error_name(answer));
}

/// `call(method, parameters)`: asks the supervisor, and returns its result or throws its error.
static JSValueRef call(
    JSContextRef context, JSObjectRef function, JSObjectRef this_object, size_t count, const JSValueRef arguments[],
    JSValueRef *exception) {
    (void)function, (void)this_object;
    if (count < 2) return js_undefined(context);
    // First the parameters, whose own code may call as well.
    struct buffer parameters = {0}, request = {0};
    const char *fault = script_add_value(context, &parameters, arguments[1], exception);
    JS_TEXT method = *exception == NULL ? js_to_string(context, arguments[0], exception) : NULL;
    JSValueRef result = js_undefined(context);
    if (*exception == NULL && fault != NULL) {
        buffer_add_text(&request, "this cannot be passed on: ");
        buffer_add_text(&request, fault);
        *exception = error_of_text(context, request.bytes, "invalidParameters");
    } else if (*exception == NULL && method != NULL) {
        struct text answer;
        calls_begin(&request);
        script_add_quoted(context, &request, method, 256);
        buffer_add_text(&request, ",\"params\":");
        buffer_add(&request, parameters.bytes, parameters.count);
        // Not kept meanwhile, since it may be large.
        buffer_free(&parameters);
        if (calls_ask(&request, &answer)) result = value_of(context, answer);
        else *exception = error_of_answer(context, answer);
    }
    buffer_free(&parameters);
    buffer_free(&request);
    return result;
}

void host_add(JSGlobalContextRef context) {
    JS_TEXT text = js_string_from_utf8(prelude);
    JS_TEXT url = js_string_from_utf8("aimatrix");
    JS_TEXT name = js_string_from_utf8("call");
    JSValueRef make = js_evaluate(context, text, NULL, url, 1, NULL);
    JSValueRef function = js_function_make(context, name, call);
    // Without its host code of a capsule is not to run.
    if (make == NULL || !js_is_object(context, make)) abort();
    JSValueRef host = js_call(context, (JSObjectRef)make, NULL, 1, &function, NULL);
    if (host == NULL) abort();
    js_set(context, js_context_global(context), url, host, js_read_only | js_not_deletable, NULL);
}
