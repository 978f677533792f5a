// The sans-I/O protocol engine: octets in, commands in; octets out, results out.
//
// An engine knows no socket, no clock, no thread and no global. Its memory is two buffers of fixed
// size, whatever the size of the messages, and the commands that wait. Most programs use a
// pop3_session, which moves the octets; an engine on its own suits people with their own I/O,
// fuzzers and tests:
//
//   while (octets arrive)  buf = pop3_engine_recv_buf(e, &cap); n = your_read(buf, cap);
//                          pop3_engine_recv_ack(e, n);
//   while (there are any)  p = pop3_engine_send_buf(e, &len); n = your_write(p, len);
//                          pop3_engine_send_ack(e, n);
#ifndef POP3_ENGINE_H_
#define POP3_ENGINE_H_

#include <pop3/allocator.h>
#include <pop3/capability.h>
#include <pop3/limits.h>
#include <pop3/request.h>
#include <pop3/size.h>
#include <pop3/status.h>
#include <pop3/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_engine is the client side of one POP3 connection.
typedef struct pop3_engine pop3_engine;

// pop3_pipelining says when more than one command may be in flight.
typedef enum pop3_pipelining {
  POP3_PIPELINING_AUTO = 0,  // once the server has advertised it (RFC 2449)
  POP3_PIPELINING_NEVER
} pop3_pipelining;

// pop3_engine_options configures an engine. Start from POP3_ENGINE_OPTIONS_INIT. Everything is
// copied; callback arguments must outlive the engine.
typedef struct pop3_engine_options {
  uint32_t size;  // sizeof(pop3_engine_options)
  pop3_pipelining pipelining;
  const pop3_allocator *allocator;  // or NULL
  const pop3_limits *limits;        // or NULL
  uint32_t quirks;                  // POP3_QUIRK_BIT()s to allow
  uint32_t debug_level;             // 0, 1 or 2: see pop3_trace_event
  pop3_trace_fn trace;              // or NULL
  void *trace_arg;
  pop3_audit_fn audit;  // or NULL; gets POP3_AUDIT_PUTLINE
  void *audit_arg;
  // gate is asked just before a login command (USER, PASS, APOP, RPOP, AUTH and its responses, the
  // raw forms too), or a raw one flagged as secret, is moved to the send buffer; anything but
  // POP3_OK, with |err| filled, makes the command fail without a trace of it on the wire. NULL:
  // always allowed.
  pop3_status (*gate)(void *gate_arg, pop3_command command, pop3_error *err);
  void *gate_arg;
  // challenge gets the text behind "+ " during an AUTH command. Answer, now or later, with
  // pop3_engine_respond. NULL: every challenge is cancelled with "*".
  void (*challenge)(void *challenge_arg, pop3_op_id op, const char *data, size_t data_len);
  void *challenge_arg;
} pop3_engine_options;

// POP3_ENGINE_OPTIONS_INIT stands for the defaults.
#define POP3_ENGINE_OPTIONS_INIT                                                                \
  {                                                                                             \
    POP3_SIZEOF(pop3_engine_options), POP3_PIPELINING_AUTO, NULL, NULL, 0, 0, NULL, NULL, NULL, \
        NULL, NULL, NULL, NULL, NULL                                                            \
  }

// pop3_engine_options_init is POP3_ENGINE_OPTIONS_INIT for languages without macros. |size| is how
// large the caller's struct is: nothing is written behind it.
void pop3_engine_options_init(pop3_engine_options *options, size_t size);

// pop3_engine_new makes an engine that waits for the greeting. |options| may be NULL.
pop3_status pop3_engine_new(pop3_engine **out, const pop3_engine_options *options, pop3_error *err);

// pop3_engine_free ends all operations with POP3_ERR_CANCELLED, wipes and frees |engine|, which may
// be NULL. Not from inside a callback.
void pop3_engine_free(pop3_engine *engine);

// pop3_engine_recv_buf returns where to put received octets, and in |*out_cap| how many fit: 0 if
// none are wanted now (paused, at STLS, failed). Valid until the next call on |engine|. Never NULL
// when |*out_cap| is not 0; NULL with 0 also if the buffer could not be allocated: the engine has
// then failed.
uint8_t *pop3_engine_recv_buf(pop3_engine *engine, size_t *out_cap);

// pop3_engine_recv_ack says that |len| octets were put there, and runs the callbacks that they
// cause. Returns POP3_OK, or the sticky failure.
pop3_status pop3_engine_recv_ack(pop3_engine *engine, size_t len);

// pop3_engine_recv_eof says that no more octets will come. In-flight operations end with
// POP3_ERR_EOF; a connection that closes when nothing is in flight or wanted is not a failure.
// While a sink has paused, what was received before comes first: it ends with pop3_engine_resume.
// Returns the failure, if any.
pop3_status pop3_engine_recv_eof(pop3_engine *engine);

// pop3_engine_send_buf returns the octets to send and their number, 0 if there are none. Valid
// until the next call on |engine|.
const uint8_t *pop3_engine_send_buf(pop3_engine *engine, size_t *out_len);

// pop3_engine_send_ack says that the first |len| of them were sent; secrets among them are wiped.
void pop3_engine_send_ack(pop3_engine *engine, size_t len);

// pop3_engine_submit queues a command. |sink| is copied; NULL drops the response. The command is
// sent when its turn comes: after the greeting, one at a time until the server has advertised
// PIPELINING, then in batches; STLS, AUTH, PASS, APOP, RPOP and QUIT never share a batch with what
// follows. |out_id| may be NULL. Fails at once, without calling the sink, on a bad argument or when
// the engine has failed.
pop3_status pop3_engine_submit(pop3_engine *engine, const pop3_request *request,
                               const pop3_sink *sink, pop3_op_id *out_id, pop3_error *err);

// pop3_engine_respond answers a challenge of the AUTH command in flight with |line| (without CRLF;
// base64 as RFC 5034 says, "*" cancels). It is treated as a secret. If you call it after the
// challenge callback has returned, call pop3_engine_resume next: octets of the server may be
// waiting.
pop3_status pop3_engine_respond(pop3_engine *engine, const uint8_t *line, size_t line_len,
                                pop3_error *err);

// pop3_engine_cancel ends operation |id| with POP3_ERR_CANCELLED: unsent, it is not sent; in
// flight, its response is read and dropped. Unknown or finished: POP3_ERR_NOT_FOUND. If its sink
// had paused, follow with pop3_engine_resume: octets of the next responses may be there already.
pop3_status pop3_engine_cancel(pop3_engine *engine, pop3_op_id id, pop3_error *err);

// pop3_engine_resume goes on after POP3_SINK_PAUSE, running callbacks for octets that are there
// already. Harmless if not paused. Returns POP3_OK, or the sticky failure.
pop3_status pop3_engine_resume(pop3_engine *engine);

// pop3_engine_paused says whether a sink has paused the engine.
int pop3_engine_paused(const pop3_engine *engine);

// pop3_engine_upgrading says whether the +OK to STLS has arrived and pop3_engine_upgraded was not
// called yet: until then the engine accepts and sends no octets.
int pop3_engine_upgrading(const pop3_engine *engine);

// pop3_engine_upgraded says that the transport is encrypted now. The capabilities, which were
// learned in the clear, are forgotten (RFC 2595 section 4). The greeting's timestamp stays: there
// is no other, and the digest that APOP makes of it crosses the wire encrypted.
void pop3_engine_upgraded(pop3_engine *engine);

// pop3_engine_fail ends every operation with |error| and makes it the sticky failure, unless there
// is one already. For the I/O side to report a broken connection.
void pop3_engine_fail(pop3_engine *engine, const pop3_error *error);

// pop3_engine_error returns the sticky failure, or NULL while all is well.
const pop3_error *pop3_engine_error(const pop3_engine *engine);

// pop3_engine_in_flight returns how many commands were sent, or are in the send buffer, and are not
// answered yet; the awaited greeting counts as one.
size_t pop3_engine_in_flight(const pop3_engine *engine);

// pop3_engine_pending returns how many operations are not done, sent or not.
size_t pop3_engine_pending(const pop3_engine *engine);

// pop3_engine_greeting returns the greeting, or NULL until it has come. Valid as long as the
// engine.
const pop3_reply *pop3_engine_greeting(const pop3_engine *engine);

// pop3_engine_timestamp returns the greeting's APOP timestamp with its angle brackets and its
// length, or NULL: pop3_engine_timestamp_problem says why.
const char *pop3_engine_timestamp(const pop3_engine *engine, size_t *out_len);

// pop3_engine_timestamp_problem says in words why the greeting has no timestamp for APOP: none, or
// one that is no msg-id of RFC 822. NULL if it has one. Static.
const char *pop3_engine_timestamp_problem(const pop3_engine *engine);

// pop3_engine_capabilities returns the last CAPA response, or NULL. Valid until the next one or
// STLS.
const pop3_capabilities *pop3_engine_capabilities(const pop3_engine *engine);

// pop3_engine_quirks returns which leniencies were needed so far.
const pop3_quirks *pop3_engine_quirks(const pop3_engine *engine);

// pop3_engine_set_debug_level changes the debug level (0, 1, 2).
void pop3_engine_set_debug_level(pop3_engine *engine, uint32_t level);

#ifdef __cplusplus
}
#endif

#endif  // POP3_ENGINE_H_
