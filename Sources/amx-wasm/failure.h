#pragma once
#include <CWasmtime.h>
#include <text.h>

// Answers that are errors: `"error":{...}`, whose data says what kind of end it was, its name, and what there is to say.

void failure_add(struct buffer *to, const char *kind, const char *name, struct text message);
/// Adds that a file cannot be run: its path, what is the matter, and with what.
void failure_add_fault(struct buffer *to, struct text path, const char *what, struct text detail);
/// Adds what is told of a trap, and takes it; `is_full` says that a memory could not have grown.
void failure_add_trap(struct buffer *to, wasm_trap_t *trap, bool is_full);
/// Adds what is told of an error that is no trap, and takes it; nothing where it is the end of a program that is done.
/// `is_running` says that its code ran already.
void failure_add_error(struct buffer *to, struct text path, wasmtime_error_t *error, bool is_running);
