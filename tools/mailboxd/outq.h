// The response builder: what a connection still has to send, as a queue of spans for sendmsg.
//
// Small text is copied into the queue and neighbouring text grows together; bodies are only
// referred to. Many pipelined replies so become few spans, and one system call.
#ifndef TOOLS_MAILBOXD_OUTQ_H_
#define TOOLS_MAILBOXD_OUTQ_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "tools/mailboxd/blob.h"

#ifdef __cplusplus
extern "C" {
#endif

// OUTQ_MAX_SPANS is how many spans a queue holds before outq_full says so: what sendmsg takes.
#define OUTQ_MAX_SPANS 1024u
// OUTQ_MAX_OCTETS is how many octets a queue refers to before outq_full says so.
#define OUTQ_MAX_OCTETS (4u << 20)

struct outq_span {
  const uint8_t *data;
  size_t len;
  struct blob *blob;  // holds data alive; NULL for static data
};

// outq is zero-initialised: {0} is an empty queue. An empty queue holds no memory.
struct outq {
  struct outq_span *spans;
  uint32_t head;      // index of the first span
  uint32_t count;     // spans in use
  uint32_t cap;       // spans that there is room for
  int failed;         // memory ran out: the connection must be closed
  uint64_t octets;    // octets waiting
  struct blob *text;  // the chunk that text is being copied to, or NULL
};

// outq_full says that nothing more should be added before something was sent. It is advice: adding
// still works, which a reply that has begun may need for its last few octets.
int outq_full(const struct outq *q);

// outq_reserve returns room for |len| octets of text (at most 4,096), to be followed by
// outq_commit. NULL if memory ran out: q->failed is set, and all later calls do nothing.
uint8_t *outq_reserve(struct outq *q, size_t len);

// outq_commit adds the first |len| octets of what outq_reserve returned.
void outq_commit(struct outq *q, size_t len);

// outq_text copies |len| octets.
void outq_text(struct outq *q, const void *data, size_t len);

// outq_string copies a string.
void outq_string(struct outq *q, const char *string);

// outq_number writes |value| in decimal.
void outq_number(struct outq *q, uint64_t value);

// outq_refer adds |len| octets at |data|, which lie in |blob|; a reference is taken.
void outq_refer(struct outq *q, struct blob *blob, const uint8_t *data, size_t len);

// outq_iovec fills |iov| with at most |max| spans of together at most |limit| octets, and returns
// how many it filled; |*out_octets| receives how many octets that is.
size_t outq_iovec(const struct outq *q, struct iovec *iov, size_t max, uint64_t limit,
                  uint64_t *out_octets);

// outq_sent drops the first |len| octets. A queue that becomes empty gives back its memory.
void outq_sent(struct outq *q, uint64_t len);

// outq_clear drops all.
void outq_clear(struct outq *q);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_OUTQ_H_
