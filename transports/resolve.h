// Name look-up that does not block: getaddrinfo in a thread of its own, which lives as long as the
// look-up takes even when nobody wants the answer any more.
#ifndef POP3_TRANSPORTS_RESOLVE_H_
#define POP3_TRANSPORTS_RESOLVE_H_

#include <pop3/spi/transport.h>

#include "transports/address.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

struct addrinfo;

// p3_lookup is a look-up under way.
typedef struct p3_lookup p3_lookup;

// p3_lookup_fns is what the thread calls: the C library's, or a test's.
typedef struct p3_lookup_fns {
  int (*getaddrinfo)(const char *node, const char *service, const struct addrinfo *hints,
                     struct addrinfo **out);
  void (*freeaddrinfo)(struct addrinfo *found);
} p3_lookup_fns;

// p3_lookup_start begins to look up |name| for |family| (AF_UNSPEC: both). |fns| may be NULL for
// the C library's, and must be static. On POP3_OK exactly one p3_lookup_drop must follow.
pop3_status p3_lookup_start(p3_lookup **out, const pop3_host *host, const char *name, uint32_t port,
                            int family, const p3_lookup_fns *fns, pop3_error *err);

// p3_lookup_step: WANT_READ as long as there is no answer; DONE: |out| has at least one address;
// FAIL: |err| says why, with getaddrinfo's code in lib_code.
pop3_io p3_lookup_step(p3_lookup *lookup, p3_address_list *out, pop3_error *err);

// p3_lookup_interest adds what the look-up waits for.
void p3_lookup_interest(const p3_lookup *lookup, pop3_interest *io);

// p3_lookup_drop ends the caller's part without waiting. The thread, if it still runs, frees the
// rest. |lookup| may be NULL.
void p3_lookup_drop(p3_lookup *lookup);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_RESOLVE_H_
