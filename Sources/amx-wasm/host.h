#pragma once
#include <CWasmtime.h>

/// Defines the imports of the module `aimatrix`, which serve the call that runs; false where that fails.
bool host_define(wasmtime_linker_t *linker);
