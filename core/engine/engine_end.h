// How operations end, and the engine with them.
#ifndef POP3_CORE_ENGINE_ENGINE_END_H_
#define POP3_CORE_ENGINE_ENGINE_END_H_

#include "core/engine/engine_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_engine_result_init prepares the result of |op|.
void p3_engine_result_init(pop3_result *result, const p3_op *op, pop3_status status);

// p3_engine_end_op calls |done| of |op|, which is in no queue any more or detached from now on.
void p3_engine_end_op(pop3_engine *engine, p3_op *op, pop3_result *result);

// p3_engine_flush_all ends every operation with |error|, first to last.
void p3_engine_flush_all(pop3_engine *engine, const pop3_error *error);

// p3_engine_set_failed makes |error| sticky and ends every operation with it.
void p3_engine_set_failed(pop3_engine *engine, const pop3_error *error);

// p3_engine_protocol_error makes a sticky failure out of what the server sent.
void p3_engine_protocol_error(pop3_engine *engine, pop3_status status, const char *format, ...)
    POP3_PRINTF(3, 4);

// p3_engine_is_injected says whether octets were received together with a +OK behind which only
// encrypted ones may come: the engine has failed then. |what| was answered.
int p3_engine_is_injected(pop3_engine *engine, const char *what);

// p3_engine_drop_text frees the text of the last reply; behind a secret that was sent it wipes
// it, since the server may have repeated that in a place where nobody looked for it.
void p3_engine_drop_text(pop3_engine *engine);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_ENGINE_ENGINE_END_H_
