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

/// Begins a request for a function of the host. To be added are its name as JSON, `,"params":`, and its parameters; meanwhile no other
/// one may be begun.
void calls_begin(struct buffer *request);

/// Sends the request that was begun last, frees it, and waits for the answer. True with the result; false with the error, an object with
/// `code` and `message`. It is there until something is read again.
bool calls_ask(struct buffer *request, struct text *answer);
