#pragma once
#include "text.h"

/// What the host's errors are called in a capsule's code, by the `error` of an answer.
const char *answer_error_name(struct text error);

/// Adds a notification of what the process has used until now, for where no control group counts it.
void answer_add_usage(struct buffer *to);
