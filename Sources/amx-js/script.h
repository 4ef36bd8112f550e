#pragma once
#include "text.h"

#include <CJavaScriptCore.h>

/// A virtual machine for one call, of which nothing is left when it goes.
struct script {
    JSContextGroupRef group;
    JSGlobalContextRef context;
};

/// Makes one, without the globals that code of capsules must not have, and with `aimatrix`.
struct script script_make(void);
void script_release(struct script *script);

/// Evaluates a file of the capsule, calls its function `handler` with an input, and adds the members of the answer: `"result":...` or
/// `"error":{...}`. The path is a string as JSON has it.
void script_run(struct script *script, struct text path, struct text input, struct buffer *answer);

/// A text of JavaScript that lives as long as the block.
#define JS_TEXT __attribute__((cleanup(script_release_text))) JSStringRef
void script_release_text(JSStringRef *text);
/// Adds a text of JavaScript as UTF-8.
void script_add_text(struct buffer *to, JSStringRef text);
/// Adds a text of JavaScript as JSON, at most `limit` units of it, with U+FFFD for what is no text.
void script_add_quoted(JSContextRef context, struct buffer *to, JSStringRef text, size_t limit);
/// Adds a value as JSON, as ``json_copy`` does; returns NULL, or why it is none. A value that is undefined is null. An
/// exception that its own code throws is set.
const char *script_add_value(JSContextRef context, struct buffer *to, JSValueRef value, JSValueRef *exception);
