#pragma once
#include <zlib.h>
// inflateInit is a macro.
static inline int amx_inflate_init(z_stream *stream) { return inflateInit(stream); }
