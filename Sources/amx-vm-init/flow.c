#define _GNU_SOURCE
#include "flow.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

bool flow_is_done(const struct flow *flow) { return flow->to < 0 || (flow->from < 0 && flow->start == flow->end); }

void flow_polls(const struct flow *flow, struct pollfd polls[2]) {
    bool is_empty = flow->start == flow->end, is_open = flow->to >= 0;
    polls[0] = (struct pollfd){.fd = is_empty && is_open ? flow->from : -1, .events = POLLIN};
    polls[1] = (struct pollfd){.fd = is_empty ? -1 : flow->to, .events = POLLOUT};
}

static bool can_wait(void) { return errno == EAGAIN || errno == EINTR; }

static void end(struct flow *flow) {
    flow->from = -1;
    if (flow->ends_socket && flow->start == flow->end) shutdown(flow->to, SHUT_WR);
}

void flow_cut(struct flow *flow) {
    // Who writes to a socket is told; what still comes by a pipe is dropped with it.
    if (flow->from >= 0) shutdown(flow->from, SHUT_RD);
    flow->from = flow->to = -1;
}

void flow_move(struct flow *flow) {
    if (flow->to < 0) return;
    if (flow->start == flow->end && flow->from >= 0) {
        ssize_t count = read(flow->from, flow->bytes, sizeof flow->bytes);
        flow->start = flow->end = 0;
        if (count > 0) {
            flow->end = (size_t)count;
        } else if (count == 0 || !can_wait()) {
            end(flow);
        }
    }
    if (flow->start < flow->end) {
        ssize_t count = write(flow->to, flow->bytes + flow->start, flow->end - flow->start);
        if (count > 0) {
            flow->start += (size_t)count;
            flow->moved += (uint64_t)count;
            if (flow->from < 0 && flow->ends_socket && flow->start == flow->end) shutdown(flow->to, SHUT_WR);
        } else if (count < 0 && !can_wait()) {
            flow_cut(flow);
        }
    }
}
