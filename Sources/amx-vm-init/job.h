#ifndef AMX_JOB_H
#define AMX_JOB_H

#include "request.h"

/// The numbers of the machine's ports: what comes in, standard output, standard error, the channel.
enum { port_input = 1, port_output, port_errors, port_channel, port_end };

/// Runs what a request asks for, passes on what it reads and writes, and returns when nothing of it is left and its report was written
/// behind its standard error.
void run_job(const struct request *request, const int ports[port_end]);

#endif
