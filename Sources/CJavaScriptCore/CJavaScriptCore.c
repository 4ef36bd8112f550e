#include "CJavaScriptCore.h"

#include <dlfcn.h>
#include <stdio.h>

#define FUNCTIONS(BIND) \
    BIND(js_context_group_create, "JSContextGroupCreate") \
    BIND(js_context_group_release, "JSContextGroupRelease") \
    BIND(js_context_create, "JSGlobalContextCreateInGroup") \
    BIND(js_context_release, "JSGlobalContextRelease") \
    BIND(js_context_global, "JSContextGetGlobalObject") \
    BIND(js_context_set_eval, "JSGlobalContextSetEvalEnabled") \
    BIND(js_evaluate, "JSEvaluateScript") \
    BIND(js_string_from_utf8, "JSStringCreateWithUTF8CString") \
    BIND(js_string_from_utf16, "JSStringCreateWithCharacters") \
    BIND(js_string_release, "JSStringRelease") \
    BIND(js_string_length, "JSStringGetLength") \
    BIND(js_string_units, "JSStringGetCharactersPtr") \
    BIND(js_string_utf8_limit, "JSStringGetMaximumUTF8CStringSize") \
    BIND(js_string_utf8, "JSStringGetUTF8CString") \
    BIND(js_is_object, "JSValueIsObject") \
    BIND(js_is_undefined, "JSValueIsUndefined") \
    BIND(js_undefined, "JSValueMakeUndefined") \
    BIND(js_from_string, "JSValueMakeString") \
    BIND(js_from_json, "JSValueMakeFromJSONString") \
    BIND(js_to_json, "JSValueCreateJSONString") \
    BIND(js_to_string, "JSValueToStringCopy") \
    BIND(js_to_number, "JSValueToNumber") \
    BIND(js_protect, "JSValueProtect") \
    BIND(js_unprotect, "JSValueUnprotect") \
    BIND(js_function_make, "JSObjectMakeFunctionWithCallback") \
    BIND(js_error_make, "JSObjectMakeError") \
    BIND(js_get, "JSObjectGetProperty") \
    BIND(js_set, "JSObjectSetProperty") \
    BIND(js_delete, "JSObjectDeleteProperty") \
    BIND(js_call, "JSObjectCallAsFunction")

#define DEFINE(name, symbol) __typeof__(name) name;
FUNCTIONS(DEFINE)
#undef DEFINE

/// The engine's library as WebKitGTK's versions install it, the one that hooks/setup installs first.
static const char *const names[] = {
    "libjavascriptcoregtk-4.1.so.0", "libjavascriptcoregtk-6.0.so.1", "libjavascriptcoregtk-4.0.so.18"};

const char *amx_js_load(const char *name) {
    static char failure[256];
    void *library = name == NULL ? NULL : dlopen(name, RTLD_NOW | RTLD_LOCAL);
    for (size_t index = 0; name == NULL && library == NULL && index < sizeof names / sizeof *names; index++)
        library = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        snprintf(failure, sizeof failure, "there is no %s", name == NULL ? names[0] : name);
        return failure;
    }
#define BIND(name, symbol) \
    name = (__typeof__(name))dlsym(library, symbol); \
    if (name == NULL) return "the library of JavaScriptCore lacks " symbol;
    FUNCTIONS(BIND)
#undef BIND
    return NULL;
}
