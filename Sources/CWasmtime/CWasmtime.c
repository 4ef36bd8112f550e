#include "CWasmtime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS(BIND) \
    BIND(wt_config_new, "wasm_config_new") \
    BIND(wt_config_max_stack, "wasmtime_config_max_wasm_stack_set") \
    BIND(wt_config_parallel_compilation, "wasmtime_config_parallel_compilation_set") \
    BIND(wt_config_memory_images, "wasmtime_config_memory_init_cow_set") \
    BIND(wt_config_gc_support, "wasmtime_config_gc_support_set") \
    BIND(wt_config_threads, "wasmtime_config_wasm_threads_set") \
    BIND(wt_config_shared_memory, "wasmtime_config_shared_memory_set") \
    BIND(wt_config_relaxed_simd, "wasmtime_config_wasm_relaxed_simd_set") \
    BIND(wt_config_memory64, "wasmtime_config_wasm_memory64_set") \
    BIND(wt_config_exceptions, "wasmtime_config_wasm_exceptions_set") \
    BIND(wt_config_function_references, "wasmtime_config_wasm_function_references_set") \
    BIND(wt_config_gc, "wasmtime_config_wasm_gc_set") \
    BIND(wt_config_stack_switching, "wasmtime_config_wasm_stack_switching_set") \
    BIND(wt_config_component_model, "wasmtime_config_wasm_component_model_set") \
    BIND(wt_config_pooling, "wasmtime_pooling_allocation_strategy_set") \
    BIND(wt_pool_new, "wasmtime_pooling_allocation_config_new") \
    BIND(wt_pool_delete, "wasmtime_pooling_allocation_config_delete") \
    BIND(wt_pool_memory_size, "wasmtime_pooling_allocation_config_max_memory_size_set") \
    BIND(wt_pool_memories, "wasmtime_pooling_allocation_config_total_memories_set") \
    BIND(wt_pool_tables, "wasmtime_pooling_allocation_config_total_tables_set") \
    BIND(wt_pool_table_elements, "wasmtime_pooling_allocation_config_table_elements_set") \
    BIND(wt_pool_instances, "wasmtime_pooling_allocation_config_total_core_instances_set") \
    BIND(wt_pool_instance_size, "wasmtime_pooling_allocation_config_max_core_instance_size_set") \
    BIND(wt_pool_memories_of_module, "wasmtime_pooling_allocation_config_max_memories_per_module_set") \
    BIND(wt_pool_tables_of_module, "wasmtime_pooling_allocation_config_max_tables_per_module_set") \
    BIND(wt_pool_component_instances, "wasmtime_pooling_allocation_config_total_component_instances_set") \
    BIND(wt_pool_stacks, "wasmtime_pooling_allocation_config_total_stacks_set") \
    BIND(wt_pool_gc_heaps, "wasmtime_pooling_allocation_config_total_gc_heaps_set") \
    BIND(wt_engine_new, "wasm_engine_new_with_config") \
    BIND(wt_module_new, "wasmtime_module_new") \
    BIND(wt_module_delete, "wasmtime_module_delete") \
    BIND(wt_module_imports, "wasmtime_module_imports") \
    BIND(wt_imports_delete, "wasm_importtype_vec_delete") \
    BIND(wt_import_module, "wasm_importtype_module") \
    BIND(wt_import_name, "wasm_importtype_name") \
    BIND(wt_store_new, "wasmtime_store_new") \
    BIND(wt_store_delete, "wasmtime_store_delete") \
    BIND(wt_store_context, "wasmtime_store_context") \
    BIND(wt_store_limiter, "wasmtime_store_limiter") \
    BIND(wt_set_wasi, "wasmtime_context_set_wasi") \
    BIND(wt_instance_new, "wasmtime_instance_new") \
    BIND(wt_instance_export, "wasmtime_instance_export_get") \
    BIND(wt_call, "wasmtime_func_call") \
    BIND(wt_func_type, "wasmtime_func_type") \
    BIND(wt_memory_data, "wasmtime_memory_data") \
    BIND(wt_memory_bytes, "wasmtime_memory_data_size") \
    BIND(wt_linker_new, "wasmtime_linker_new") \
    BIND(wt_linker_wasi, "wasmtime_linker_define_wasi") \
    BIND(wt_linker_define, "wasmtime_linker_define_func") \
    BIND(wt_linker_get, "wasmtime_linker_get") \
    BIND(wt_caller_export, "wasmtime_caller_export_get") \
    BIND(wt_caller_context, "wasmtime_caller_context") \
    BIND(wt_valtype_new, "wasm_valtype_new") \
    BIND(wt_valtypes_new, "wasm_valtype_vec_new") \
    BIND(wt_functype_new, "wasm_functype_new") \
    BIND(wt_functype_delete, "wasm_functype_delete") \
    BIND(wt_functype_parameters, "wasm_functype_params") \
    BIND(wt_functype_results, "wasm_functype_results") \
    BIND(wt_wasi_new, "wasi_config_new") \
    BIND(wt_wasi_set_input, "wasi_config_set_stdin_bytes") \
    BIND(wt_wasi_set_output, "wasi_config_set_stdout_custom") \
    BIND(wt_wasi_set_errors, "wasi_config_set_stderr_custom") \
    BIND(wt_wasi_show, "wasi_config_preopen_dir") \
    BIND(wt_error_message, "wasmtime_error_message") \
    BIND(wt_error_trace, "wasmtime_error_wasm_trace") \
    BIND(wt_error_status, "wasmtime_error_exit_status") \
    BIND(wt_error_delete, "wasmtime_error_delete") \
    BIND(wt_trap_new, "wasmtime_trap_new") \
    BIND(wt_trap_message, "wasm_trap_message") \
    BIND(wt_trap_code, "wasmtime_trap_code") \
    BIND(wt_trap_trace, "wasm_trap_trace") \
    BIND(wt_trap_delete, "wasm_trap_delete") \
    BIND(wt_frames_delete, "wasm_frame_vec_delete") \
    BIND(wt_frame_function, "wasmtime_frame_func_name") \
    BIND(wt_frame_index, "wasm_frame_func_index") \
    BIND(wt_bytes_new, "wasm_byte_vec_new") \
    BIND(wt_bytes_delete, "wasm_byte_vec_delete")

static wasmtime_error_t *(*wat_to_wasm)(const char *text, size_t count, wasm_byte_vec_t *bytes);

#define DEFINE(name, symbol) __typeof__(name) name;
FUNCTIONS(DEFINE)
#undef DEFINE

const char *amx_wasm_load(const char *path) {
    static char failure[512];
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *reason = dlerror();
        snprintf(failure, sizeof failure, "%s", reason == NULL ? path : reason);
        return failure;
    }
#define BIND(name, symbol) \
    name = (__typeof__(name))dlsym(library, symbol); \
    if (name == NULL) return "the library of Wasmtime lacks " symbol;
    FUNCTIONS(BIND)
    BIND(wat_to_wasm, "wasmtime_wat2wasm")
#undef BIND
    return NULL;
}

char *amx_wasm_from_text(const char *text, size_t count, size_t *size, bool *is_module) {
    wasm_byte_vec_t bytes;
    wasmtime_error_t *error = wat_to_wasm(text, count, &bytes);
    *is_module = error == NULL;
    if (error != NULL) {
        wt_error_message(error, &bytes);
        wt_error_delete(error);
    }
    char *copy = malloc(bytes.size + 1);
    if (copy != NULL) memcpy(copy, bytes.data, bytes.size);
    *size = bytes.size;
    wt_bytes_delete(&bytes);
    return copy;
}
