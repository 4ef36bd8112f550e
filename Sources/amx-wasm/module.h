#pragma once
#include <CWasmtime.h>
#include <text.h>

/// What a module needs, from where.
struct import {
    struct text module, name;
};

/// A compiled module, which stays for the calls that follow.
struct module {
    struct module *next;
    char *key;
    wasmtime_module_t *compiled;
    struct import *imports;
    size_t import_count;
    /// Owns the texts of the imports.
    wasm_importtype_vec_t types;
};

/// The engine, once there is one.
extern wasm_engine_t *module_engine;
/// What calls have of instances, memories, tables and elements of one.
enum { limit_instances = 16, limit_memories = 8, limit_tables = 16, limit_elements = 65536 };

/// Makes the engine; false where it cannot be.
bool module_begin(void);

/// The module of a file of the capsule, compiled unless that was done before for the same key, which stands for a
/// content.
///
/// NULL where it is no module, and then the reason is added.
struct module *module_get(const char *path, const char *key, struct buffer *reason);
/// Adds an error's text.
void module_add_error(struct buffer *to, const wasmtime_error_t *error);
