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

// pop3_lookup is a look-up under way.
typedef struct pop3_lookup pop3_lookup;

// pop3_lookup_fns is what the thread calls: the C library's, or a test's.
typedef struct pop3_lookup_fns {
  int (*getaddrinfo)(const char *node, const char *service, const struct addrinfo *hints,
                     struct addrinfo **out);
  void (*freeaddrinfo)(struct addrinfo *found);
} pop3_lookup_fns;

// pop3_lookup_start begins to look up |name| for |family| (AF_UNSPEC: both). |fns| may be NULL for
// the C library's, and must be static. On POP3_OK exactly one pop3_lookup_drop must follow.
pop3_status pop3_lookup_start(pop3_lookup **out, const pop3_host *host, const char *name,
                              uint32_t port, int family, const pop3_lookup_fns *fns,
                              pop3_error *err);

// pop3_lookup_step: WANT_READ as long as there is no answer; DONE: |out| has at least one address;
// FAIL: |err| says why, with getaddrinfo's code in lib_code.
pop3_io pop3_lookup_step(pop3_lookup *lookup, pop3_address_list *out, pop3_error *err);

// pop3_lookup_interest adds what the look-up waits for.
void pop3_lookup_interest(const pop3_lookup *lookup, pop3_interest *io);

// pop3_lookup_drop ends the caller's part without waiting. The thread, if it still runs, frees the
// rest. |lookup| may be NULL.
void pop3_lookup_drop(pop3_lookup *lookup);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_RESOLVE_H_
