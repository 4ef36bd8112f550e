#ifndef AMX_REQUEST_H
#define AMX_REQUEST_H

#include <stdint.h>

enum { request_limit = 256 << 10, random_count = 64 };

/// What the supervisor asks for: a program, what it gets, and what it may use. Written by `GuestRequest`.
struct request {
    /// Since 1970.
    uint64_t seconds, nanoseconds;
    unsigned char random[random_count];
    uint64_t user;
    uint64_t memory, processes, temporary, open_files, processor_seconds;
    /// How many bytes behind the request are the program's standard input.
    uint64_t input;
    /// Whether it has a channel.
    uint64_t has_channel;
    char *directory;
    /// Each ends with NULL.
    char **arguments, **environment;
};

/// Reads a request from a port, waiting for it; gives up where it is none.
struct request read_request(int port);

/// Reads exactly so many bytes, waiting for them; 0, or -1 where they end before.
int read_fully(int port, void *bytes, uint64_t count);

#endif
