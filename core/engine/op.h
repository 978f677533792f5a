// An operation in the engine's queue.
#ifndef POP3_CORE_ENGINE_OP_H_
#define POP3_CORE_ENGINE_OP_H_

#include <pop3/allocator.h>
#include <pop3/request.h>

#ifdef __cplusplus
extern "C" {
#endif

// P3_OP_INLINE_LINE is enough for a command whose arguments are numbers only.
#define P3_OP_INLINE_LINE 32

// P3_OP_LISTS is a flag besides POP3_REQUEST_*: neither a message nor an argument is named, so
// that LIST, UIDL and LANG answer in several lines.
#define P3_OP_LISTS UINT32_C(0x80000000)

// P3_OP_HOLDS is another: the engine stands still behind the reply until p3_engine_go_on or
// p3_engine_hold.
#define P3_OP_HOLDS UINT32_C(0x40000000)

// p3_watch lets a waiting caller learn how an operation ended without being its sink.
typedef struct p3_watch {
  int done;
  pop3_status status;
  pop3_error error;
} p3_watch;

// p3_op is one command: its line until it is answered, and where the answer goes.
typedef struct p3_op {
  struct p3_op *next;
  pop3_op_id id;
  pop3_command command;
  uint32_t number;
  uint32_t flags;  // POP3_REQUEST_*
  int detached;    // |done| was called: drop the rest of the response
  uint8_t *line;   // with CRLF; |inline_line| or allocated
  size_t line_len;
  size_t line_secret;  // from here on it is secret
  size_t line_sent;    // octets moved to the send buffer
  pop3_sink sink;
  p3_watch *watch;  // or NULL
  uint8_t inline_line[P3_OP_INLINE_LINE];
} p3_op;

// p3_op_queue is a FIFO: first the operations in flight, then those not sent yet. Finished
// operations are kept for reuse.
typedef struct p3_op_queue {
  p3_op *head;
  p3_op *tail;
  p3_op *unsent;  // the first that is not in flight, or NULL
  p3_op *spare;
  size_t num_spare;
  size_t num_queued;  // all, in flight or not
  size_t num_in_flight;
  size_t octets_in_flight;
  const pop3_allocator *allocator;
} p3_op_queue;

// p3_sink_copy makes |out| what |in| is, as far as both know it; empty if |in| is NULL. Fails
// with POP3_ERR_ARGUMENT if |in| has no size: none of its functions would ever be called.
pop3_status p3_sink_copy(pop3_sink *out, const pop3_sink *in, pop3_error *err);

// p3_op_queue_init makes |queue| empty; |allocator| must outlive it.
void p3_op_queue_init(p3_op_queue *queue, const pop3_allocator *allocator);

// p3_op_queue_cleanup frees everything, wiping lines.
void p3_op_queue_cleanup(p3_op_queue *queue);

// p3_op_new returns an operation that owns a copy of |line|, not yet queued; NULL when memory ran
// out.
p3_op *p3_op_new(p3_op_queue *queue, const uint8_t *line, size_t line_len, size_t line_secret);

// p3_op_effective returns what |op| is: a raw one what its first word says.
pop3_command p3_op_effective(const p3_op *op);

// p3_op_push puts |op| at the end.
void p3_op_push(p3_op_queue *queue, p3_op *op);

// p3_op_set_in_flight marks the first unsent operation as in flight.
void p3_op_set_in_flight(p3_op_queue *queue);

// p3_op_pop takes the first operation out, in flight or not; NULL if there is none.
p3_op *p3_op_pop(p3_op_queue *queue);

// p3_op_remove_unsent takes |op|, which is not in flight, out.
void p3_op_remove_unsent(p3_op_queue *queue, p3_op *op);

// p3_op_find finds an operation that is not detached.
p3_op *p3_op_find(const p3_op_queue *queue, pop3_op_id id);

// p3_op_in_flight says whether |op| is among those sent.
int p3_op_in_flight(const p3_op_queue *queue, const p3_op *op);

// p3_op_free wipes the secrets of |op|, which is in no queue, and frees it or keeps it for reuse.
void p3_op_free(p3_op_queue *queue, p3_op *op);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_ENGINE_OP_H_
