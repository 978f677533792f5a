// What may be seen of the dialogue: the trace, the audit hook, and how secrets are kept out of
// both.
#ifndef POP3_CORE_ENGINE_ENGINE_TRACE_H_
#define POP3_CORE_ENGINE_ENGINE_TRACE_H_

#include "core/engine/engine_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_engine_trace reports |data| if the debug level shows it; |secret| is the offset from which
// it is replaced by "<redacted>" (|data_len| if nothing is).
void p3_engine_trace(pop3_engine *engine, pop3_trace_kind kind, const void *data, size_t data_len,
                     size_t secret);

// p3_engine_audit asks the audit hook about a line. Returns 1 if it may be sent.
int p3_engine_audit(pop3_engine *engine, const uint8_t *line, size_t line_len, size_t secret);

// p3_engine_echoes says whether |text|, which came from the server, holds a secret that was just
// sent: some servers repeat what they do not understand. It must not be shown then.
int p3_engine_echoes(const pop3_engine *engine, const char *text, size_t text_len);

// p3_engine_in_exchange says whether the server's next line belongs to an AUTH exchange in which
// a response was sent, be it in the AUTH line. From there on challenges, and the text of the final
// reply, are as secret as the responses: with SCRAM's salt and server signature, say, passwords can
// be tried without asking the server.
int p3_engine_in_exchange(const pop3_engine *engine);

// p3_engine_harmless returns how much of such a line may be shown: "+ ", or "+OK " and "-ERR "
// with the response code if it is one of RFC 2449 or RFC 3206.
size_t p3_engine_harmless(const char *line, size_t line_len);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_ENGINE_ENGINE_TRACE_H_
