// What runs a capsule's WebAssembly, inside of the sandbox. Only Amx starts it, and its arguments are no interface: the
// path of Wasmtime's library, and how many bytes a memory of the code may have.
//
// It is written in C because the sandbox shows the system's own libraries only, and Swift's lie elsewhere on many
// machines. Nothing relies on it: code of a capsule that takes it over is still in the sandbox, and its messages are
// read as a stranger's.

#define _DEFAULT_SOURCE
#include "call.h"
#include "module.h"

#include <calls.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments) {
    if (count != 3) {
        fputs("amx-wasm: only Amx starts this program\n", stderr);
        return 125;
    }
    clearenv();
    // Should the system interface start threads, then one: most sandboxes have one processor.
    setenv("TOKIO_WORKER_THREADS", "1", 1);
    const char *failure = amx_wasm_load(arguments[1]);
    if (failure == NULL && (!module_begin() || !call_begin(strtoll(arguments[2], NULL, 10))))
        failure = "the engine cannot be made";
    if (failure != NULL) {
        fprintf(stderr, "%s\n", failure);
        return calls_no_engine;
    }
    return calls_answer(NULL, call_run);
}
