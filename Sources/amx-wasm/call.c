#include "call.h"

#include "failure.h"
#include "host.h"
#include "module.h"

#include <asset.h>
#include <errno.h>
#include <json.h>
#include <string.h>
#include <unistd.h>

/// The longest name in bytes.
enum { name_limit = 4096 };

struct call call;

static wasmtime_linker_t *linker;
static long long memory_limit;

/// One of the components of a call.
struct component {
    struct buffer id, path, key;
    /// A JSON array of the ids that it links.
    struct text links;
    wasmtime_instance_t instance;
};

static struct component components[limit_instances];
/// How many of them have an instance.
static size_t component_count;

static struct text path_of(const struct component *component) {
    return buffer_text(&component->path);
}

bool call_begin(long long memory_bytes) {
    memory_limit = memory_bytes;
    linker = wt_linker_new(module_engine);
    return linker != NULL && wt_linker_wasi(linker) == NULL && host_define(linker);
}

/// Whether a memory of the call, which its module exports, has so much that it cannot have grown to twice that.
static bool is_full(wasmtime_context_t *context) {
    for (size_t index = 0; index < component_count; index++) {
        wasmtime_extern_t found;
        if (wt_instance_export(context, &components[index].instance, "memory", 6, &found) &&
            found.kind == wt_kind_memory && wt_memory_bytes(context, &found.of.memory) > (size_t)memory_limit / 2)
            return true;
    }
    return false;
}

// MARK: What the code sees

static ssize_t write_log(void *data, const unsigned char *bytes, size_t count) {
    (void)data;
    for (size_t done = 0; done < count;) {
        ssize_t written = write(STDERR_FILENO, bytes + done, count - done);
        if (written < 0 && errno != EINTR) return -errno;
        if (written > 0) done += (size_t)written;
    }
    return (ssize_t)count;
}

static ssize_t write_output(void *data, const unsigned char *bytes, size_t count) {
    if (!call.is_command) return write_log(data, bytes, count);
    if (call.output.count + count > call_byte_limit) {
        call.is_flood = true;
        return -EFBIG;
    }
    buffer_add(&call.output, (const char *)bytes, count);
    return (ssize_t)count;
}

/// Gives a store what a program of the system interface has here; false where that fails.
static bool give_system(wasmtime_context_t *context) {
    wasi_config_t *config = wt_wasi_new();
    if (config == NULL) return false;
    if (call.is_command) {
        wasm_byte_vec_t input;
        wt_bytes_new(&input, call.input.count, call.input.bytes);
        wt_wasi_set_input(config, &input);
    }
    wt_wasi_set_output(config, write_output, NULL, NULL);
    wt_wasi_set_errors(config, write_log, NULL, NULL);
    return wt_wasi_show(config, CAPSULE, CAPSULE, false) && wt_set_wasi(context, config) == NULL;
}

/// The library of an id that a component links; NULL where there is none.
static const struct component *library(const struct component *component, struct text id) {
    for (size_t index = 0; &components[index] < component; index++) {
        if (!text_is(id, components[index].id.bytes)) continue;
        struct text links = component->links, link;
        while (json_element(&links, &link)) {
            struct buffer name = {0};
            json_decode(&name, link);
            bool is_it = text_is(id, name.bytes);
            buffer_free(&name);
            if (is_it) return &components[index];
        }
    }
    return NULL;
}

/// Finds what an import means: the host's functions first, then those of libraries.
static bool find_import(
    wasmtime_context_t *context, const struct component *component, const struct import *import,
    wasmtime_extern_t *found) {
    struct text module = import->module, name = import->name;
    if (wt_linker_get(linker, context, module.bytes, module.count, name.bytes, name.count, found)) return true;
    if (text_is(module, "aimatrix") || text_is(module, "wasi_snapshot_preview1")) return false;
    const struct component *source = library(component, module);
    return source != NULL && wt_instance_export(context, &source->instance, name.bytes, name.count, found);
}

static void add_missing(struct buffer *to, const struct component *component, const struct import *import) {
    struct buffer detail = {0};
    buffer_add(&detail, import->name.bytes, import->name.count);
    buffer_add_text(&detail, "' from '");
    buffer_add(&detail, import->module.bytes, import->module.count);
    buffer_add_text(&detail, "', which is not there");
    failure_add_fault(to, path_of(component), " imports '", buffer_text(&detail));
    buffer_free(&detail);
}

// MARK: Running

enum { import_limit = 4096 };

/// Makes the instance of a component. False where it is over, for good or with an error, which is added.
static bool instantiate(struct buffer *to, wasmtime_context_t *context, struct component *component) {
    static wasmtime_extern_t imports[import_limit];
    struct buffer reason = {0};
    const struct module *module = module_get(component->path.bytes, component->key.bytes, &reason);
    if (module == NULL) failure_add_fault(to, path_of(component), ": ", buffer_text(&reason));
    buffer_free(&reason);
    if (module == NULL) return false;
    if (module->import_count > import_limit) {
        failure_add_fault(to, path_of(component), " imports too much", text_of(""));
        return false;
    }
    for (size_t index = 0; index < module->import_count; index++)
        if (!find_import(context, component, &module->imports[index], &imports[index])) {
            add_missing(to, component, &module->imports[index]);
            return false;
        }
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error = wt_instance_new(
        context, module->compiled, imports, module->import_count, &component->instance, &trap);
    if (trap != NULL) failure_add_trap(to, trap, is_full(context));
    if (error != NULL) failure_add_error(to, path_of(component), error, false);
    if (trap != NULL || error != NULL) return false;
    component_count = (size_t)(component - components) + 1;
    return true;
}

/// Calls an export of a component. False where it is over, for good or with an error, which is added.
static bool call_export(
    struct buffer *to, wasmtime_context_t *context, const struct component *component, struct text name,
    bool is_optional) {
    wasmtime_extern_t found;
    if (!wt_instance_export(context, &component->instance, name.bytes, name.count, &found)) {
        if (!is_optional) failure_add_fault(to, path_of(component), " does not export ", name);
        return is_optional;
    }
    bool is_fitting = false;
    if (found.kind == wt_kind_func) {
        wasm_functype_t *type = wt_func_type(context, &found.of.func);
        is_fitting = wt_functype_parameters(type)->size == 0 && wt_functype_results(type)->size == 0;
        wt_functype_delete(type);
    }
    if (!is_fitting) {
        static const char what[] = " exports something else than a function without parameters and results as ";
        failure_add_fault(to, path_of(component), what, name);
        return false;
    }
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error = wt_call(context, &found.of.func, NULL, 0, NULL, 0, &trap);
    if (trap != NULL) failure_add_trap(to, trap, is_full(context));
    if (error != NULL) failure_add_error(to, path_of(component), error, true);
    return trap == NULL && error == NULL;
}

static void add_result(struct buffer *to) {
    const struct buffer *result = call.has_result || !call.is_command ? &call.result : &call.output;
    struct text text = {result->bytes, result->count};
    size_t before = to->count;
    buffer_add_text(to, "\"result\":");
    if (text.count == 0 && !call.has_result) text = text_of("null");
    json_quote(to, text);
    const char *fault = to->count > call_line_limit ? "it is too large" : NULL;
    if (!is_plain_utf8(text)) fault = "it is not UTF-8";
    if (call.is_flood && !call.has_result) fault = "it is more than 15 MiB";
    if (fault == NULL) return;
    to->count = before;
    failure_add(to, "trap", "result", text_of(fault));
}

/// Instantiates the components and calls the export of the last one, in a store of its own.
static void run(struct buffer *answer, size_t count, struct text export) {
    wasmtime_store_t *store = wt_store_new(module_engine, NULL, NULL);
    if (store == NULL) _exit(125);
    wasmtime_context_t *context = wt_store_context(store);
    wt_store_limiter(store, memory_limit, limit_elements, limit_instances, limit_tables, limit_memories);
    size_t before = answer->count;
    bool goes_on = give_system(context);
    if (!goes_on) failure_add(answer, "trap", "module", text_of("the capsule's files are not there"));
    for (size_t index = 0; goes_on && index < count; index++)
        goes_on = instantiate(answer, context, &components[index]) &&
                  call_export(answer, context, &components[index], text_of("_initialize"), true);
    if (goes_on) call_export(answer, context, &components[count - 1], export, false);
    // What it did on the way out of its end is no result.
    if (answer->count == before) add_result(answer);
    wt_store_delete(store);
}

static bool read_component(struct text json, struct component *component) {
    struct text id, path, key;
    if (!json_member(json, "id", &id) || !json_member(json, "path", &path) || !json_member(json, "key", &key) ||
        !json_member(json, "link", &component->links))
        return false;
    json_decode(&component->id, id);
    json_decode(&component->path, path);
    json_decode(&component->key, key);
    return component->path.count < name_limit;
}

bool call_run(struct text parameters, struct buffer *answer) {
    struct text list, name, component;
    struct buffer export = {0};
    size_t count = 0;
    bool is_good = json_member(parameters, "components", &list) && json_member(parameters, "export", &name) &&
                   json_member(parameters, "input", &call.input);
    component_count = 0;
    while (is_good && count < limit_instances && json_element(&list, &component))
        is_good = read_component(component, &components[count++]);
    is_good = is_good && count > 0 && !json_element(&list, &component);
    if (is_good) {
        json_decode(&export, name);
        call.is_command = strcmp(export.bytes, "_start") == 0;
        run(answer, count, buffer_text(&export));
    }
    buffer_free(&export);
    for (size_t index = 0; index < limit_instances; index++) {
        buffer_free(&components[index].id);
        buffer_free(&components[index].path);
        buffer_free(&components[index].key);
    }
    buffer_free(&call.result);
    buffer_free(&call.output);
    buffer_free(&call.answer);
    buffer_free(&call.reason);
    call = (struct call){0};
    return is_good;
}
