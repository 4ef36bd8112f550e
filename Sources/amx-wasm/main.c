// What runs a capsule's WebAssembly, inside of the sandbox. Only Amx starts it, and its arguments are no interface: the
// path of Wasmtime's library, and how many bytes a memory of the code may have.
//
// It is written in C because the sandbox shows the system's own libraries only, and Swift's lie elsewhere on many
// machines. Nothing relies on it: code of a capsule that takes it over is still in the sandbox, and its messages are
// read as a stranger's.

#define _DEFAULT_SOURCE
#include "call.h"
#include "module.h"

#include <answers.h>
#include <channel.h>
#include <confine.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>

/// The exit status that says that there is no engine; the supervisor knows it.
enum { no_engine = 3 };

int main(int count, char **arguments) {
    if (count != 3) {
        fputs("amx-wasm: only Amx starts this program\n", stderr);
        return 125;
    }
    clearenv();
    // Should the system interface start threads, then one: most sandboxes have one processor.
    setenv("TOKIO_WORKER_THREADS", "1", 1);
    const char *failure = amx_wasm_load(arguments[1]);
    if (failure != NULL) {
        fprintf(stderr, "%s\n", failure);
        return no_engine;
    }
    if (!module_begin() || !call_begin(strtoll(arguments[2], NULL, 10))) {
        fputs("the engine cannot be made\n", stderr);
        return no_engine;
    }
    // What takes the engine over should not be able to start the system's programs. Where the kernel has no Landlock, the
    // sandbox holds alone, as for every other program.
    (void)confine();
    struct buffer message = {0};
    buffer_add_text(&message, "{\"jsonrpc\":\"2.0\",\"method\":\"ready\"}");
    channel_write(&message);
    buffer_free(&message);
    for (;;) {
        struct text line = channel_read(), id, parameters;
        // Host calls read lines too.
        struct buffer request = {0}, answer = {0};
        buffer_add(&request, line.bytes, line.count);
        struct text text = {request.bytes, request.count};
        if (!json_member(text, "id", &id) || !json_member(text, "params", &parameters)) return 1;
        buffer_add_text(&answer, "{\"jsonrpc\":\"2.0\",\"id\":");
        buffer_add(&answer, id.bytes, id.count);
        buffer_add_text(&answer, ",");
        if (!call_run(parameters, &answer)) return 1;
        buffer_add_text(&answer, "}");
        answer_add_usage(&message);
        buffer_add(&message, answer.bytes, answer.count);
        channel_write(&message);
        buffer_free(&message);
        buffer_free(&answer);
        buffer_free(&request);
    }
}
