#pragma once
#include "text.h"

/// Reads the next line that the supervisor wrote, without its end; it is there until the next one is read. Ends the
/// process where there is none any more: then nobody waits for what it would do.
struct text channel_read(void);
/// Writes a message, and the end of its line.
void channel_write(struct buffer *message);
