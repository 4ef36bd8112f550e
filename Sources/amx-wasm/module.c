#define _GNU_SOURCE
#include "module.h"

#include <asset.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// The longest file in bytes, how many modules are kept, and the stack of code in bytes.
enum { file_limit = 32 << 20, kept_limit = 64, stack_limit = 1 << 20 };

wasm_engine_t *module_engine;
static struct module *modules;
static size_t module_count;

bool module_begin(void) {
    wasm_config_t *config = wt_config_new();
    if (config == NULL) return false;
    // One processor is all that most sandboxes have, and few threads.
    wt_config_parallel_compilation(config, false);
    wt_config_max_stack(config, stack_limit);
    // Memories begin as copies of a file in memory, which the sandbox does not give where memory is only watched.
    int image = memfd_create("amx", MFD_CLOEXEC);
    if (image >= 0)
        close(image);
    else
        wt_config_memory_images(config, false);
    // What no compiler's usual output needs is left out: less of the engine can be reached.
    wt_config_threads(config, false);
    wt_config_shared_memory(config, false);
    wt_config_relaxed_simd(config, false);
    wt_config_memory64(config, false);
    wt_config_exceptions(config, false);
    wt_config_function_references(config, false);
    wt_config_gc(config, false);
    wt_config_stack_switching(config, false);
    wt_config_component_model(config, false);
    wt_config_gc_support(config, false);
    wasmtime_pooling_allocation_config_t *pool = wt_pool_new();
    if (pool == NULL) return false;
    wt_pool_memory_size(pool, 64 << 20);
    wt_pool_memories(pool, limit_memories);
    wt_pool_memories_of_module(pool, limit_memories);
    wt_pool_tables(pool, limit_tables);
    wt_pool_tables_of_module(pool, limit_tables);
    wt_pool_table_elements(pool, limit_elements);
    wt_pool_instances(pool, limit_instances);
    wt_pool_component_instances(pool, 0);
    wt_pool_stacks(pool, 0);
    wt_pool_gc_heaps(pool, 0);
    wt_config_pooling(config, pool);
    wt_pool_delete(pool);
    module_engine = wt_engine_new(config);
    return module_engine != NULL;
}

void module_add_error(struct buffer *to, const wasmtime_error_t *error) {
    wasm_byte_vec_t message;
    wt_error_message(error, &message);
    // A chain of reasons, one a line; the last one says what is the matter, some of them behind a number.
    size_t end = message.size;
    while (end > 0 && message.data[end - 1] == '\n') end--;
    size_t start = end;
    while (start > 0 && message.data[start - 1] != '\n') start--;
    while (start < end && message.data[start] == ' ') start++;
    size_t digits = start;
    while (digits < end && message.data[digits] >= '0' && message.data[digits] <= '9') digits++;
    if (digits > start && end - digits > 2 && memcmp(message.data + digits, ": ", 2) == 0) start = digits + 2;
    buffer_add(to, message.data + start, end - start);
    wt_bytes_delete(&message);
}

static void forget(void) {
    while (modules != NULL) {
        struct module *module = modules;
        modules = module->next;
        wt_imports_delete(&module->types);
        wt_module_delete(module->compiled);
        free(module->imports);
        free(module->key);
        free(module);
    }
    module_count = 0;
}

/// Memory that the sandbox's limit does not give ends the process instead.
static void *allocate(size_t count, size_t size) {
    void *made = calloc(count + 1, size);
    if (made == NULL) _exit(125);
    return made;
}

static struct text name_of(const wasm_byte_vec_t *bytes) { return (struct text){bytes->data, bytes->size}; }

struct module *module_get(const char *path, const char *key, struct buffer *reason) {
    for (struct module *module = modules; module != NULL; module = module->next)
        if (strcmp(module->key, key) == 0) return module;
    struct buffer content = {0};
    if (!asset_read(path, file_limit, &content)) {
        buffer_add_text(reason, strerror(errno));
        buffer_free(&content);
        return NULL;
    }
    wasmtime_module_t *compiled = NULL;
    wasmtime_error_t *error = wt_module_new(module_engine, (const uint8_t *)content.bytes, content.count, &compiled);
    buffer_free(&content);
    if (error != NULL) {
        module_add_error(reason, error);
        wt_error_delete(error);
        return NULL;
    }
    if (module_count >= kept_limit) forget();
    struct module *module = allocate(1, sizeof *module);
    module->compiled = compiled;
    module->key = allocate(strlen(key), 1);
    strcpy(module->key, key);
    wt_module_imports(compiled, &module->types);
    module->import_count = module->types.size;
    module->imports = allocate(module->types.size, sizeof *module->imports);
    for (size_t index = 0; index < module->types.size; index++) {
        const wasm_importtype_t *import = module->types.data[index];
        module->imports[index].module = name_of(wt_import_module(import));
        module->imports[index].name = name_of(wt_import_name(import));
    }
    module->next = modules;
    modules = module;
    module_count++;
    return module;
}
