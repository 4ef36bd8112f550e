// What runs a capsule's JavaScript, inside of the sandbox. Only Amx starts it, and its arguments are no interface: the
// bytes of memory that it has, and, for tests, the name of the engine's library.
//
// It is written in C because the sandbox shows the system's own libraries only, and Swift's lie elsewhere on many
// machines. Nothing relies on it: code of a capsule that takes it over is still in the sandbox, and its messages are
// read as a stranger's.

#define _GNU_SOURCE
#include "answers.h"
#include "channel.h"
#include "confine.h"
#include "json.h"
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

/// The exit status that says that there is no engine; the supervisor knows it.
enum { no_engine = 3 };

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
        // Made before it is asked for: whoever asks waits for its own code only.
        struct script script = script_make();
        struct text line = channel_read();
        // Host calls read lines too.
        struct buffer call = {0}, answer = {0};
        buffer_add(&call, line.bytes, line.count);
        struct text request = {call.bytes, call.count}, id, parameters, path, source = {NULL, 0}, input;
        if (!json_member(request, "id", &id) || !json_member(request, "params", &parameters) ||
            !json_member(parameters, "path", &path) || !json_member(parameters, "input", &input))
            return 1;
        json_member(parameters, "source", &source);
        buffer_add_text(&answer, "{\"jsonrpc\":\"2.0\",\"id\":");
        buffer_add(&answer, id.bytes, id.count);
        buffer_add_text(&answer, ",");
        script_run(&script, path, source, input, &answer);
        buffer_add_text(&answer, "}");
        answer_add_usage(&message);
        buffer_add(&message, answer.bytes, answer.count);
        channel_write(&message);
        buffer_free(&message);
        buffer_free(&answer);
        buffer_free(&call);
        script_release(&script);
    }
}
