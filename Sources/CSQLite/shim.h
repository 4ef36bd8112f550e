#pragma once
#include <sqlite3.h>

// The macro is a cast, which does not import: bytes that are bound so are copied at once.
static inline int amx_sqlite_bind_bytes(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, count > 0 ? bytes : "", count, SQLITE_TRANSIENT);
}
