// The engine's inside, shared by the engine_*.c files, and the few functions that the session needs
// beyond the public interface.
#ifndef POP3_CORE_ENGINE_ENGINE_PRIVATE_H_
#define POP3_CORE_ENGINE_ENGINE_PRIVATE_H_

#include <pop3/engine.h>

#include "core/codec/dot.h"
#include "core/engine/op.h"

#ifdef __cplusplus
extern "C" {
#endif

// pop3_engine_mode is what the octets that come next belong to.
typedef enum pop3_engine_mode {
  POP3_MODE_GREETING = 0,
  POP3_MODE_STATUS,     // a status line, if a command is in flight
  POP3_MODE_LINES,      // the lines of a listing
  POP3_MODE_BODY,       // a message
  POP3_MODE_CHALLENGED  // AUTH: our turn to speak
} pop3_engine_mode;

struct pop3_engine {
  pop3_allocator allocator;
  pop3_limits limits;
  pop3_quirks quirks;
  pop3_engine_options options;
  pop3_op_queue queue;
  pop3_op_id last_id;

  pop3_engine_mode mode;
  int depth;          // > 0 inside a callback or a call that runs them
  int paused;         // by the sink of the first operation
  int upgrading;      // behind the +OK to STLS
  int ended;          // no more octets will come
  int closed;         // QUIT was answered, or the server hung up in order
  int failed;         // |error| is sticky
  int authenticated;  // a login command succeeded
  int refilling;      // between the low and the high mark of the pipeline
  pop3_error error;

  uint8_t *recv;  // received octets: [recv_at, recv_end)
  size_t recv_at;
  size_t recv_end;
  size_t recv_scanned;  // of these, how many behind recv_at hold no LF
  size_t recv_high;     // the largest that recv_end ever was: behind it nothing was written

  uint8_t *send;  // octets to send: [send_at, send_end)
  size_t send_at;
  size_t send_end;
  int send_secret;  // some of them are secret
  int had_secret;   // some that were sent before were

  // The reply that is being read.
  pop3_dot dot;
  pop3_reply reply;
  char *reply_text;
  size_t reply_text_cap;
  uint64_t octets;      // of the body, so far
  uint32_t items;       // lines of the listing, so far
  pop3_item last_item;  // LIST n, UIDL n answered in several lines
  pop3_capabilities building;
  uint32_t auth_rounds;
  uint8_t *response;  // an AUTH response, kept until the server's next line (see
                      // pop3_engine_echoes)
  size_t response_len;
  size_t response_sent;  // octets moved to the send buffer

  // What is known of the server.
  pop3_reply greeting;
  char *greeting_text;
  char *first_greeting_text;  // of the connection before pop3_engine_restart, or NULL
  const char *timestamp;      // inside |greeting_text|
  size_t timestamp_len;
  pop3_capabilities capabilities;
  int has_capabilities;
};

// pop3_engine_submit_line queues a ready command line (without CRLF) of a mechanism; |secret| is
// the offset from which it is secret. Refuses CR, LF, NUL and over-long lines.
pop3_status pop3_engine_submit_line(pop3_engine *engine, const uint8_t *line, size_t line_len,
                                    size_t secret, const pop3_sink *sink, pop3_op_id *out_id,
                                    pop3_error *err);

// pop3_engine_watch has |watch|, which must stay valid until then, filled when operation |id| is
// done; NULL takes it back. Returns 0 if there is no such operation.
int pop3_engine_watch(pop3_engine *engine, pop3_op_id id, pop3_watch *watch);

// pop3_engine_hold makes the engine stand still behind the reply that is being handed out, as
// behind STLS, until pop3_engine_upgraded: a security layer is about to be pushed. Only from inside
// its |done|.
void pop3_engine_hold(pop3_engine *engine);

// pop3_engine_restart makes the engine wait for the greeting of a new connection, instead of the
// handshake that it stands still for behind STLS. What was said on the old one is forgotten; the
// text of its greeting, which was handed out, stays in memory. Nothing may be in flight. Once.
void pop3_engine_restart(pop3_engine *engine);

// pop3_engine_closed says whether the dialogue ended in order.
int pop3_engine_closed(const pop3_engine *engine);

// pop3_engine_authenticated says whether a login command succeeded.
int pop3_engine_authenticated(const pop3_engine *engine);

// Between the engine_*.c files:

// pop3_engine_set_failed makes |error| sticky and ends every operation with it.
void pop3_engine_set_failed(pop3_engine *engine, const pop3_error *error);

// pop3_engine_end_op calls |done| of |op|, which is in no queue any more or detached from now on.
// |result| needs command, op and status filled by the caller only where it has more to say.
void pop3_engine_end_op(pop3_engine *engine, pop3_op *op, pop3_result *result);

// pop3_engine_result_init prepares the result of |op|.
void pop3_engine_result_init(pop3_result *result, const pop3_op *op, pop3_status status);

// pop3_engine_flush_all ends every operation with |error|, first to last.
void pop3_engine_flush_all(pop3_engine *engine, const pop3_error *error);

// pop3_engine_run reads what is in the receive buffer until it needs more or is paused.
void pop3_engine_run(pop3_engine *engine);

// pop3_engine_on_status takes a status line (without line end) of the first operation in flight;
// |echo| says that it repeats a secret.
void pop3_engine_on_status(pop3_engine *engine, const char *line, size_t line_len, int echo);

// pop3_engine_on_line takes a line of a listing, un-stuffed.
void pop3_engine_on_line(pop3_engine *engine, const char *line, size_t line_len);

// pop3_engine_on_end takes the end of a multi-line response.
void pop3_engine_on_end(pop3_engine *engine);

// pop3_engine_verdict acts on a sink's answer for the operation at the head.
void pop3_engine_verdict(pop3_engine *engine, pop3_op *op, pop3_sink_verdict verdict);

// pop3_engine_protocol_error makes a sticky failure out of what the server sent.
void pop3_engine_protocol_error(pop3_engine *engine, pop3_status status, const char *format, ...)
    POP3_PRINTF(3, 4);

// pop3_engine_trace reports |data| if the debug level shows it; |secret| is the offset from which
// it is replaced by "<redacted>" (|data_len| if nothing is).
void pop3_engine_trace(pop3_engine *engine, pop3_trace_kind kind, const void *data, size_t data_len,
                       size_t secret);

// pop3_engine_echoes says whether |text|, which came from the server, holds a secret that was just
// sent: some servers repeat what they do not understand. It must not be shown then.
int pop3_engine_echoes(const pop3_engine *engine, const char *text, size_t text_len);

// pop3_engine_in_exchange says whether the server's next line belongs to an AUTH exchange in which
// a response was sent, be it in the AUTH line. From there on challenges, and the text of the final
// reply, are as secret as the responses: with SCRAM's salt and server signature, say, passwords can
// be tried without asking the server.
int pop3_engine_in_exchange(const pop3_engine *engine);

// pop3_engine_harmless returns how much of such a line may be shown: "+ ", or "+OK " and "-ERR "
// with the response code if it is one of RFC 2449 or RFC 3206.
size_t pop3_engine_harmless(const char *line, size_t line_len);

// pop3_engine_drop_response wipes and frees the AUTH response that is kept, if any.
void pop3_engine_drop_response(pop3_engine *engine);

// pop3_engine_drop_text frees the text of the last reply; behind a secret that was sent it wipes
// it, since the server may have repeated that in a place where nobody looked for it.
void pop3_engine_drop_text(pop3_engine *engine);

// pop3_engine_audit asks the audit hook about a line. Returns 1 if it may be sent.
int pop3_engine_audit(pop3_engine *engine, const uint8_t *line, size_t line_len, size_t secret);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_ENGINE_ENGINE_PRIVATE_H_
