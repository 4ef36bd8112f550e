#ifndef AMX_FLOW_H
#define AMX_FLOW_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Bytes on their way from one descriptor to another, neither of which is waited for. Both are non-blocking.
struct flow {
    /// -1 once it has ended.
    int from;
    /// -1 once nothing can be written any more.
    int to;
    /// Whether the other end is to see the end of a socket that is `to`.
    bool ends_socket;
    size_t start, end;
    /// How many bytes have gone out.
    uint64_t moved;
    char bytes[32768];
};

/// Whether there is nothing more to be moved.
bool flow_is_done(const struct flow *flow);

/// What to wait for; descriptors of -1 are passed over by poll(2).
void flow_polls(const struct flow *flow, struct pollfd polls[2]);

/// Ends it because nobody reads what it brings any more.
void flow_cut(struct flow *flow);

/// Moves what can be moved.
void flow_move(struct flow *flow);

#endif
