#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Wasmtime's interface for C, as far as Amx uses it, bound with dlopen and dlsym at amx_wasm_load: what is never run
// needs no engine on the machine, and the build needs none of its headers. Types and contracts are those of version
// 50.0 of <wasmtime.h>, <wasm.h> and <wasi.h>, where they are described; which function is meant stands in CWasmtime.c.
// Nothing may be called before amx_wasm_load has returned NULL.

typedef struct wasm_config_t wasm_config_t;
typedef struct wasm_engine_t wasm_engine_t;
typedef struct wasm_trap_t wasm_trap_t;
typedef struct wasm_functype_t wasm_functype_t;
typedef struct wasm_memorytype_t wasm_memorytype_t;
typedef struct wasm_valtype_t wasm_valtype_t;
typedef struct wasm_importtype_t wasm_importtype_t;
typedef struct wasm_frame_t wasm_frame_t;
typedef struct wasi_config_t wasi_config_t;
typedef struct wasmtime_module wasmtime_module_t;
typedef struct wasmtime_store wasmtime_store_t;
typedef struct wasmtime_context wasmtime_context_t;
typedef struct wasmtime_caller wasmtime_caller_t;
typedef struct wasmtime_linker wasmtime_linker_t;
typedef struct wasmtime_error wasmtime_error_t;
typedef struct wasmtime_pooling_allocation_config wasmtime_pooling_allocation_config_t;

/// Kinds of a value.
enum { wt_i32, wt_i64 };
/// Kinds of what is imported and exported.
enum { wt_kind_func, wt_kind_global, wt_kind_table, wt_kind_memory };

typedef struct {
    size_t size;
    char *data;
} wasm_byte_vec_t;

typedef struct {
    size_t size;
    wasm_valtype_t **data;
} wasm_valtype_vec_t;

typedef struct {
    size_t size;
    wasm_importtype_t **data;
} wasm_importtype_vec_t;

typedef struct {
    size_t size;
    wasm_frame_t **data;
} wasm_frame_vec_t;

typedef struct {
    uint64_t store_id;
    size_t own;
} wasmtime_instance_t;

typedef struct {
    uint64_t store_id;
    void *own;
} wasmtime_func_t;

typedef struct {
    struct {
        uint64_t store_id;
        uint32_t own;
    } first;
    uint32_t own;
} wasmtime_memory_t;

typedef struct {
    uint8_t kind;
    union {
        wasmtime_func_t func;
        wasmtime_memory_t memory;
        // The largest one, a global.
        struct {
            uint64_t store_id;
            uint32_t own[3];
        } global;
    } of;
} wasmtime_extern_t;

typedef struct {
    uint8_t kind;
    union {
        int32_t i32;
        int64_t i64;
        uint8_t v128[16];
        // The largest one, a reference.
        struct {
            uint64_t store_id;
            uint32_t own[2];
            void *more;
        } reference;
    } of;
} wasmtime_val_t;

_Static_assert(sizeof(wasmtime_extern_t) == 32, "as in Wasmtime");
_Static_assert(sizeof(wasmtime_val_t) == 32, "as in Wasmtime");

typedef wasm_trap_t *(*wasmtime_func_callback_t)(
    void *data, wasmtime_caller_t *caller, const wasmtime_val_t *arguments, size_t argument_count,
    wasmtime_val_t *results, size_t result_count);
typedef void (*wt_finalizer_t)(void *data);

/// Loads the engine of a file once, by its absolute path. Returns NULL, or why it failed (a text that lives on). For
/// one thread.
const char *amx_wasm_load(const char *path);

/// The bytes of a module from its text form, or, where that is wrong, why; both to be given to `free`. NULL where there is
/// no memory.
char *amx_wasm_from_text(const char *text, size_t count, size_t *size, bool *is_module);

// MARK: The engine

extern wasm_config_t *(*wt_config_new)(void);
extern void (*wt_config_max_stack)(wasm_config_t *config, size_t bytes);
extern void (*wt_config_parallel_compilation)(wasm_config_t *config, bool value);
extern void (*wt_config_memory_images)(wasm_config_t *config, bool value);
extern void (*wt_config_gc_support)(wasm_config_t *config, bool value);
extern void (*wt_config_threads)(wasm_config_t *config, bool value);
extern void (*wt_config_shared_memory)(wasm_config_t *config, bool value);
extern void (*wt_config_relaxed_simd)(wasm_config_t *config, bool value);
extern void (*wt_config_memory64)(wasm_config_t *config, bool value);
extern void (*wt_config_exceptions)(wasm_config_t *config, bool value);
extern void (*wt_config_function_references)(wasm_config_t *config, bool value);
extern void (*wt_config_gc)(wasm_config_t *config, bool value);
extern void (*wt_config_stack_switching)(wasm_config_t *config, bool value);
extern void (*wt_config_component_model)(wasm_config_t *config, bool value);
extern void (*wt_config_pooling)(wasm_config_t *config, const wasmtime_pooling_allocation_config_t *pool);
extern wasmtime_pooling_allocation_config_t *(*wt_pool_new)(void);
extern void (*wt_pool_delete)(wasmtime_pooling_allocation_config_t *pool);
extern void (*wt_pool_memory_size)(wasmtime_pooling_allocation_config_t *pool, size_t bytes);
extern void (*wt_pool_memories)(wasmtime_pooling_allocation_config_t *pool, uint32_t count);
extern void (*wt_pool_tables)(wasmtime_pooling_allocation_config_t *pool, uint32_t count);
extern void (*wt_pool_table_elements)(wasmtime_pooling_allocation_config_t *pool, size_t count);
extern void (*wt_pool_instances)(wasmtime_pooling_allocation_config_t *pool, uint32_t count);
extern void (*wt_pool_instance_size)(wasmtime_pooling_allocation_config_t *pool, size_t bytes);
extern void (*wt_pool_memories_of_module)(wasmtime_pooling_allocation_config_t *pool, uint32_t count);
extern void (*wt_pool_tables_of_module)(wasmtime_pooling_allocation_config_t *pool, uint32_t count);
extern void (*wt_pool_component_instances)(wasmtime_pooling_allocation_config_t *pool, uint32_t count);
extern void (*wt_pool_stacks)(wasmtime_pooling_allocation_config_t *pool, uint32_t count);
extern void (*wt_pool_gc_heaps)(wasmtime_pooling_allocation_config_t *pool, uint32_t count);
extern wasm_engine_t *(*wt_engine_new)(wasm_config_t *config);

// MARK: Modules

extern wasmtime_error_t *(*wt_module_new)(
    wasm_engine_t *engine, const uint8_t *bytes, size_t count, wasmtime_module_t **module);
extern void (*wt_module_delete)(wasmtime_module_t *module);
extern void (*wt_module_imports)(const wasmtime_module_t *module, wasm_importtype_vec_t *imports);
extern void (*wt_imports_delete)(wasm_importtype_vec_t *imports);
extern const wasm_byte_vec_t *(*wt_import_module)(const wasm_importtype_t *import);
extern const wasm_byte_vec_t *(*wt_import_name)(const wasm_importtype_t *import);

// MARK: Stores and instances

extern wasmtime_store_t *(*wt_store_new)(wasm_engine_t *engine, void *data, wt_finalizer_t finalizer);
extern void (*wt_store_delete)(wasmtime_store_t *store);
extern wasmtime_context_t *(*wt_store_context)(wasmtime_store_t *store);
/// Bytes of a memory, elements of a table, and how many instances, tables and memories there may be.
extern void (*wt_store_limiter)(
    wasmtime_store_t *store, int64_t memory_bytes, int64_t table_elements, int64_t instances, int64_t tables,
    int64_t memories);
extern wasmtime_error_t *(*wt_set_wasi)(wasmtime_context_t *context, wasi_config_t *config);
extern wasmtime_error_t *(*wt_instance_new)(
    wasmtime_context_t *context, const wasmtime_module_t *module, const wasmtime_extern_t *imports, size_t count,
    wasmtime_instance_t *instance, wasm_trap_t **trap);
extern bool (*wt_instance_export)(
    wasmtime_context_t *context, const wasmtime_instance_t *instance, const char *name, size_t count,
    wasmtime_extern_t *found);
extern wasmtime_error_t *(*wt_call)(
    wasmtime_context_t *context, const wasmtime_func_t *function, const wasmtime_val_t *arguments,
    size_t argument_count, wasmtime_val_t *results, size_t result_count, wasm_trap_t **trap);
extern wasm_functype_t *(*wt_func_type)(const wasmtime_context_t *context, const wasmtime_func_t *function);
extern char *(*wt_memory_data)(const wasmtime_context_t *context, const wasmtime_memory_t *memory);
extern size_t (*wt_memory_bytes)(const wasmtime_context_t *context, const wasmtime_memory_t *memory);

// MARK: What modules import

extern wasmtime_linker_t *(*wt_linker_new)(wasm_engine_t *engine);
extern wasmtime_error_t *(*wt_linker_wasi)(wasmtime_linker_t *linker);
extern wasmtime_error_t *(*wt_linker_define)(
    wasmtime_linker_t *linker, const char *module, size_t module_count, const char *name, size_t name_count,
    const wasm_functype_t *type, wasmtime_func_callback_t callback, void *data, wt_finalizer_t finalizer);
extern bool (*wt_linker_get)(
    const wasmtime_linker_t *linker, wasmtime_context_t *context, const char *module, size_t module_count,
    const char *name, size_t name_count, wasmtime_extern_t *found);
extern bool (*wt_caller_export)(
    wasmtime_caller_t *caller, const char *name, size_t count, wasmtime_extern_t *found);
extern wasmtime_context_t *(*wt_caller_context)(const wasmtime_caller_t *caller);
extern wasm_valtype_t *(*wt_valtype_new)(uint8_t kind);
extern void (*wt_valtypes_new)(wasm_valtype_vec_t *types, size_t count, wasm_valtype_t *const from[]);
extern wasm_functype_t *(*wt_functype_new)(wasm_valtype_vec_t *parameters, wasm_valtype_vec_t *results);
extern void (*wt_functype_delete)(wasm_functype_t *type);
extern const wasm_valtype_vec_t *(*wt_functype_parameters)(const wasm_functype_t *type);
extern const wasm_valtype_vec_t *(*wt_functype_results)(const wasm_functype_t *type);

// MARK: The system interface

extern wasi_config_t *(*wt_wasi_new)(void);
extern void (*wt_wasi_set_input)(wasi_config_t *config, wasm_byte_vec_t *bytes);
/// What is written is given to a function, which returns how much of it was taken, or a negative errno.
extern void (*wt_wasi_set_output)(
    wasi_config_t *config, ssize_t (*write)(void *data, const unsigned char *bytes, size_t count), void *data,
    wt_finalizer_t finalizer);
extern void (*wt_wasi_set_errors)(
    wasi_config_t *config, ssize_t (*write)(void *data, const unsigned char *bytes, size_t count), void *data,
    wt_finalizer_t finalizer);
/// Shows a folder of the machine under a name; whether it is there.
extern bool (*wt_wasi_show)(wasi_config_t *config, const char *path, const char *name, bool is_writable);

// MARK: Errors

extern void (*wt_error_message)(const wasmtime_error_t *error, wasm_byte_vec_t *message);
extern void (*wt_error_trace)(const wasmtime_error_t *error, wasm_frame_vec_t *frames);
extern bool (*wt_error_status)(const wasmtime_error_t *error, int *status);
extern void (*wt_error_delete)(wasmtime_error_t *error);
extern wasm_trap_t *(*wt_trap_new)(const char *message, size_t count);
extern void (*wt_trap_message)(const wasm_trap_t *trap, wasm_byte_vec_t *message);
extern bool (*wt_trap_code)(const wasm_trap_t *trap, uint8_t *code);
extern void (*wt_trap_trace)(const wasm_trap_t *trap, wasm_frame_vec_t *frames);
extern void (*wt_trap_delete)(wasm_trap_t *trap);
extern void (*wt_frames_delete)(wasm_frame_vec_t *frames);
extern const wasm_byte_vec_t *(*wt_frame_function)(const wasm_frame_t *frame);
extern uint32_t (*wt_frame_index)(const wasm_frame_t *frame);
extern void (*wt_bytes_new)(wasm_byte_vec_t *bytes, size_t count, const char *from);
extern void (*wt_bytes_delete)(wasm_byte_vec_t *bytes);
