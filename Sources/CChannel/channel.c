#include "channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// Where the sandbox's launcher puts a program's socket to its supervisor.
enum { channel = 6 };

static struct buffer received;
/// Where the next line begins, and up to where no end of it was found.
static size_t start, searched;

struct text channel_read(void) {
    if (start == received.count) {
        // What was large is given back between two calls.
        if (received.capacity > 1 << 20) buffer_free(&received);
        received.count = start = searched = 0;
    }
    for (;;) {
        size_t left = received.count - searched;
        char *end = left > 0 ? memchr(received.bytes + searched, '\n', left) : NULL;
        if (end != NULL) {
            struct text line = {received.bytes + start, (size_t)(end - received.bytes) - start};
            start = searched = (size_t)(end - received.bytes) + 1;
            return line;
        }
        searched = received.count;
        char bytes[65536];
        ssize_t count = read(channel, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) _exit(0);
        buffer_add(&received, bytes, (size_t)count);
    }
}

void channel_write(struct buffer *message) {
    buffer_add_text(message, "\n");
    for (size_t sent = 0; sent < message->count;) {
        ssize_t count = send(channel, message->bytes + sent, message->count - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) _exit(0);
        sent += (size_t)count;
    }
}
