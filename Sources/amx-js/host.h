#pragma once
#include <CJavaScriptCore.h>

/// Gives a context its global `aimatrix`, whose functions ask the supervisor and wait for its answer.
void host_add(JSGlobalContextRef context);
