#define _GNU_SOURCE
#include "request.h"

#include "system.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t mark = 0x31747365756772;
enum { word_limit = 4096 };

/// What was not read yet.
static unsigned char *rest;
static uint64_t left;

int read_fully(int port, void *bytes, uint64_t count) {
    unsigned char *place = bytes;
    while (count > 0) {
        ssize_t got = read(port, place, count < 65536 ? count : 65536);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
            struct pollfd wait = {.fd = port, .events = POLLIN};
            poll(&wait, 1, -1);
            continue;
        }
        if (got <= 0) return -1;
        place += got;
        count -= (uint64_t)got;
    }
    return 0;
}

static _Noreturn void refuse(void) {
    errno = EBADMSG;
    give_up("request");
}

static uint64_t number(void) {
    if (left < 8) refuse();
    uint64_t value = 0;
    for (int index = 7; index >= 0; index--) value = value << 8 | rest[index];
    rest += 8;
    left -= 8;
    return value;
}

static char *text(void) {
    uint64_t count = number();
    if (count > left) refuse();
    char *value = malloc(count + 1);
    if (value == NULL) give_up("request");
    memcpy(value, rest, count);
    value[count] = 0;
    rest += count;
    left -= count;
    return value;
}

static char **texts(void) {
    uint64_t count = number();
    if (count > word_limit) refuse();
    char **values = calloc(count + 1, sizeof *values);
    if (values == NULL) give_up("request");
    for (uint64_t index = 0; index < count; index++) values[index] = text();
    return values;
}

struct request read_request(int port) {
    unsigned char head[16];
    if (read_fully(port, head, sizeof head) != 0) refuse();
    rest = head;
    left = sizeof head;
    if (number() != mark) refuse();
    uint64_t count = number();
    if (count > request_limit) refuse();
    unsigned char *bytes = malloc(count);
    if (bytes == NULL || read_fully(port, bytes, count) != 0) refuse();
    rest = bytes;
    left = count;
    struct request request = {.seconds = number()};
    request.nanoseconds = number();
    if (left < random_count) refuse();
    memcpy(request.random, rest, random_count);
    rest += random_count;
    left -= random_count;
    request.user = number();
    request.memory = number();
    request.processes = number();
    request.temporary = number();
    request.open_files = number();
    request.processor_seconds = number();
    request.input = number();
    request.has_channel = number();
    request.directory = text();
    request.arguments = texts();
    request.environment = texts();
    if (left != 0 || request.arguments[0] == NULL || request.user == 0 || request.user >= UINT32_MAX) refuse();
    memset(bytes, 0, count);
    free(bytes);
    return request;
}
