#pragma once
#include "text.h"

/// The folder in which the sandbox shows the capsule.
#define CAPSULE "/capsule"

/// Adds the content of a file of the capsule, by its path there; false, with errno set, where it is not there, cannot be read, or has
/// more than so many bytes (EFBIG). What was read until then is added all the same.
bool asset_read(const char *path, size_t limit, struct buffer *content);
