// The client's response to a challenge of AUTH (RFC 5034): kept from when it is given until the
// server's next line, so that a server that repeats it is noticed.
#ifndef POP3_CORE_ENGINE_AUTH_RESPONSE_H_
#define POP3_CORE_ENGINE_AUTH_RESPONSE_H_

#include <pop3/allocator.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_auth_response is secret: it is wiped before it is freed.
typedef struct p3_auth_response {
  uint8_t *octets;  // with CRLF, or NULL
  size_t len;
  size_t sent;  // octets that were moved to the send buffer
} p3_auth_response;

// p3_auth_response_set keeps a copy of |line| with CRLF, instead of what was there. Returns 0
// when memory ran out: what was there stays.
int p3_auth_response_set(p3_auth_response *response, const pop3_allocator *allocator,
                         const uint8_t *line, size_t line_len);

// p3_auth_response_is_due says whether some of it is still to be sent.
int p3_auth_response_is_due(const p3_auth_response *response);

// p3_auth_response_move moves as much as fits into |room| octets at |out|. Returns how many.
size_t p3_auth_response_move(p3_auth_response *response, uint8_t *out, size_t room);

// p3_auth_response_drop wipes and frees what is kept, if anything.
void p3_auth_response_drop(p3_auth_response *response, const pop3_allocator *allocator);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_ENGINE_AUTH_RESPONSE_H_
