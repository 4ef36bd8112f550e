#include "calls.h"

#include "answers.h"
#include "channel.h"
#include "confine.h"
#include "json.h"

#include <stdio.h>

/// Writes messages, and forgets them.
static void say(struct buffer *message) {
    channel_write(message);
    buffer_free(message);
}

int calls_answer(void (*prepare)(void), bool (*run)(struct text parameters, struct buffer *answer)) {
    // What takes the engine over should not be able to start the system's programs. Where the kernel has no Landlock, the
    // sandbox holds alone, as for every other program.
    (void)confine();
    struct buffer message = {0};
    buffer_add_text(&message, "{\"jsonrpc\":\"2.0\",\"method\":\"ready\"}");
    say(&message);
    for (;;) {
        if (prepare != NULL) prepare();
        struct text line = channel_read(), id, parameters;
        // Host calls read lines too.
        struct buffer call = {0}, answer = {0};
        buffer_add(&call, line.bytes, line.count);
        struct text request = buffer_text(&call);
        if (!json_member(request, "id", &id) || !json_member(request, "params", &parameters)) return 1;
        buffer_add_text(&answer, "{\"jsonrpc\":\"2.0\",\"id\":");
        buffer_add(&answer, id.bytes, id.count);
        buffer_add_text(&answer, ",");
        if (!run(parameters, &answer)) return 1;
        buffer_add_text(&answer, "}");
        buffer_free(&call);
        answer_add_usage(&message);
        buffer_add(&message, answer.bytes, answer.count);
        buffer_free(&answer);
        say(&message);
    }
}

/// The number of the last request.
static unsigned long long last;

void calls_begin(struct buffer *request) {
    char text[64];
    snprintf(text, sizeof text, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":", ++last);
    buffer_add_text(request, text);
}

bool calls_ask(struct buffer *request, struct text *answer) {
    char id[32];
    snprintf(id, sizeof id, "%llu", last);
    buffer_add_text(request, "}");
    say(request);
    for (;;) {
        struct text line = channel_read(), value;
        if (!json_member(line, "id", &value) || !text_is(value, id)) continue;
        if (json_member(line, "result", answer)) return true;
        if (!json_member(line, "error", answer)) *answer = text_of("{}");
        return false;
    }
}
