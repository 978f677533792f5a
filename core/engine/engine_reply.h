// What replies mean, command by command.
#ifndef POP3_CORE_ENGINE_ENGINE_REPLY_H_
#define POP3_CORE_ENGINE_ENGINE_REPLY_H_

#include "core/engine/engine_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_engine_on_status takes a status line (without line end) of the first operation in flight;
// |echo| says that it repeats a secret.
void p3_engine_on_status(pop3_engine *engine, const char *line, size_t line_len, int echo);

// p3_engine_on_line takes a line of a listing, un-stuffed, whose line end had |end_len| octets.
void p3_engine_on_line(pop3_engine *engine, const char *line, size_t line_len, size_t end_len);

// p3_engine_on_end takes the end of a multi-line response.
void p3_engine_on_end(pop3_engine *engine);

// p3_engine_verdict acts on a sink's answer for the operation at the head.
void p3_engine_verdict(pop3_engine *engine, p3_op *op, pop3_sink_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_ENGINE_ENGINE_REPLY_H_
