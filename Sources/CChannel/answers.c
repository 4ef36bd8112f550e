#define _GNU_SOURCE
#include "answers.h"

#include "json.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>

static const struct {
    const char *number, *name;
} codes[] = {
    {"-32001", "denied"}, {"-32002", "quotaExceeded"}, {"-32003", "notFound"}, {"-32004", "failed"},
    {"-32601", "unknownMethod"}, {"-32602", "invalidParameters"},
};

const char *answer_error_name(struct text error) {
    struct text number = {"", 0};
    json_member(error, "code", &number);
    for (size_t index = 0; index < sizeof codes / sizeof *codes; index++)
        if (text_is(number, codes[index].number)) return codes[index].name;
    return "failed";
}

static long long processor_microseconds(const struct rusage *usage) {
    const struct timeval *user = &usage->ru_utime, *system = &usage->ru_stime;
    return (user->tv_sec + system->tv_sec) * 1000000ll + user->tv_usec + system->tv_usec;
}

void answer_add_usage(struct buffer *to) {
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    char text[192];
    snprintf(
        text, sizeof text,
        "{\"jsonrpc\":\"2.0\",\"method\":\"usage\",\"params\":{\"processorMicroseconds\":%lld,\"peakBytes\":%lld}}\n",
        processor_microseconds(&usage), usage.ru_maxrss * 1024ll);
    buffer_add_text(to, text);
}
