#pragma once
#include <stdbool.h>

/// Takes from this process, and all that it starts, for good: starting programs, changing or making files anywhere, ports of TCP, and
/// signals and abstract sockets of others, as far as the kernel's Landlock can do so. Reading stays. Returns whether it did, which it
/// does not where the kernel has no Landlock. Source: landlock(7).
bool confine(void);
