// What runs a capsule's JavaScript, inside of the sandbox. Only Amx starts it, and its arguments are no interface: the
// bytes of memory that it has, and, for tests, the name of the engine's library.
//
// It is written in C because the sandbox shows the system's own libraries only, and Swift's lie elsewhere on many
// machines. Nothing relies on it: code of a capsule that takes it over is still in the sandbox, and its messages are
// read as a stranger's.

#define _GNU_SOURCE
#include "calls.h"
#include "json.h"
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

/// That of the call that comes next.
static struct script script;

static void prepare(void) {
    if (script.context != NULL) script_release(&script);
    script = script_make();
}

static bool run(struct text parameters, struct buffer *answer) {
    struct text path, input;
    if (!json_member(parameters, "path", &path) || !json_member(parameters, "input", &input)) return false;
    script_run(&script, path, input, answer);
    return true;
}

int main(int count, char **arguments) {
    if (count < 2 || count > 3) {
        fputs("amx-js: only Amx starts this program\n", stderr);
        return 125;
    }
    // The engine takes options from its environment, of which these are all: it collects before the sandbox's memory is
    // full, with one thread, since it has one processor.
    clearenv();
    setenv("JSC_forceRAMSize", arguments[1], 1);
    setenv("JSC_numberOfGCMarkers", "1", 1);
    const char *failure = amx_js_load(count == 3 ? arguments[2] : NULL);
    if (failure != NULL) {
        fprintf(stderr, "%s\n", failure);
        return calls_no_engine;
    }
    return calls_answer(prepare, run);
}
