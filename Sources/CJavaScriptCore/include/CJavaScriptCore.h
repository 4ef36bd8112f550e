#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// JavaScriptCore's interface for C, as far as Amx uses it, bound with dlopen and dlsym at amx_js_load: what is never run needs no engine
// on the machine, and the build needs none of its headers. Names, types and contracts are those of <JavaScriptCore/JavaScript.h>, where
// they are described; every function here has the prefix js_ instead of JS. Nothing may be called before amx_js_load has returned NULL.

typedef const struct OpaqueJSContextGroup *JSContextGroupRef;
typedef const struct OpaqueJSContext *JSContextRef;
typedef struct OpaqueJSContext *JSGlobalContextRef;
typedef struct OpaqueJSString *JSStringRef;
typedef const struct OpaqueJSValue *JSValueRef;
typedef struct OpaqueJSValue *JSObjectRef;
typedef unsigned JSPropertyAttributes;
typedef JSValueRef (*JSObjectCallAsFunctionCallback)(
    JSContextRef context, JSObjectRef function, JSObjectRef this_object, size_t count, const JSValueRef arguments[],
    JSValueRef *exception);

enum { js_read_only = 1 << 1, js_not_enumerable = 1 << 2, js_not_deletable = 1 << 3 };

/// Loads the engine once: the first of the library's names that is there, or only the one given. Returns NULL, or why it failed (a text
/// that lives on). For one thread.
const char *amx_js_load(const char *name);

// MARK: Contexts

extern JSContextGroupRef (*js_context_group_create)(void);
extern void (*js_context_group_release)(JSContextGroupRef group);
extern JSGlobalContextRef (*js_context_create)(JSContextGroupRef group, void *global_class);
extern void (*js_context_release)(JSGlobalContextRef context);
extern JSObjectRef (*js_context_global)(JSContextRef context);
/// Whether text can become code: `eval`, `Function` and its kind; `message` is what they throw where it cannot.
extern void (*js_context_set_eval)(JSGlobalContextRef context, bool enabled, JSStringRef message);
extern JSValueRef (*js_evaluate)(
    JSContextRef context, JSStringRef script, JSObjectRef this_object, JSStringRef url, int first_line, JSValueRef *exception);

// MARK: Texts

extern JSStringRef (*js_string_from_utf8)(const char *text);
extern JSStringRef (*js_string_from_utf16)(const uint16_t *units, size_t count);
extern void (*js_string_release)(JSStringRef text);
extern size_t (*js_string_length)(JSStringRef text);
extern const uint16_t *(*js_string_units)(JSStringRef text);
extern size_t (*js_string_utf8_limit)(JSStringRef text);
extern size_t (*js_string_utf8)(JSStringRef text, char *buffer, size_t size);

// MARK: Values

extern bool (*js_is_object)(JSContextRef context, JSValueRef value);
extern bool (*js_is_undefined)(JSContextRef context, JSValueRef value);
extern JSValueRef (*js_undefined)(JSContextRef context);
extern JSValueRef (*js_from_string)(JSContextRef context, JSStringRef text);
/// NULL where the text is not JSON.
extern JSValueRef (*js_from_json)(JSContextRef context, JSStringRef json);
/// NULL, and maybe an exception, where the value cannot be JSON.
extern JSStringRef (*js_to_json)(JSContextRef context, JSValueRef value, unsigned indent, JSValueRef *exception);
extern JSStringRef (*js_to_string)(JSContextRef context, JSValueRef value, JSValueRef *exception);
extern double (*js_to_number)(JSContextRef context, JSValueRef value, JSValueRef *exception);
extern void (*js_protect)(JSContextRef context, JSValueRef value);
extern void (*js_unprotect)(JSContextRef context, JSValueRef value);

// MARK: Objects

extern JSObjectRef (*js_function_make)(JSContextRef context, JSStringRef name, JSObjectCallAsFunctionCallback callback);
extern JSObjectRef (*js_error_make)(JSContextRef context, size_t count, const JSValueRef arguments[], JSValueRef *exception);
extern JSValueRef (*js_get)(JSContextRef context, JSObjectRef object, JSStringRef name, JSValueRef *exception);
extern void (*js_set)(
    JSContextRef context, JSObjectRef object, JSStringRef name, JSValueRef value, JSPropertyAttributes attributes,
    JSValueRef *exception);
extern bool (*js_delete)(JSContextRef context, JSObjectRef object, JSStringRef name, JSValueRef *exception);
extern JSValueRef (*js_call)(
    JSContextRef context, JSObjectRef function, JSObjectRef this_object, size_t count, const JSValueRef arguments[],
    JSValueRef *exception);
