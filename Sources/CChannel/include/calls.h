#pragma once
#include "text.h"

/// The exit status that says that there is no engine; the supervisor knows it.
enum { calls_no_engine = 3 };

/// Tells the supervisor that the engine is there, and answers its calls, one after the other, as long as there is a supervisor. Before,
/// takes from this process what no engine needs: see `confine`.
///
/// `prepare`, if there is one, is called before each call is waited for, so that whoever asks waits for its own code only. `run` gets
/// the parameters of a call and adds the members of its answer: `"result":...` or `"error":{...}`; it returns false where the call is
/// none, which is the end. Returns the exit status.
int calls_answer(void (*prepare)(void), bool (*run)(struct text parameters, struct buffer *answer));
