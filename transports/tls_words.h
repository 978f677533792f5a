// What went wrong with TLS, in words that say what to do.
#ifndef POP3_TRANSPORTS_TLS_WORDS_H_
#define POP3_TRANSPORTS_TLS_WORDS_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_tls_phase is what the transport was doing.
typedef enum p3_tls_phase { P3_TLS_HANDSHAKE = 0, P3_TLS_READING, P3_TLS_WRITING } p3_tls_phase;

// p3_tls_say_error fills |err| from BoringSSL's error |code| (ERR_get_error) with POP3_ERR_TLS or
// POP3_ERR_MEMORY. |alpn| is the protocol name that was sent.
void p3_tls_say_error(const pop3_host *host, p3_tls_phase phase, uint32_t code, const char *alpn,
                      pop3_error *err);

// p3_tls_take_error empties BoringSSL's error queue, and returns the first of its errors; if
// memory has run out, which may have led to others, the one that says so. 0 if there is none.
uint32_t p3_tls_take_error(void);

// p3_tls_lacked_memory says whether the error |code| tells that memory has run out.
int p3_tls_lacked_memory(uint32_t code);

// p3_tls_say_stranger fills |err| if |first|, the first octets that the server sent, do not begin
// a TLS record. Returns 1 if so.
int p3_tls_say_stranger(const pop3_host *host, const uint8_t *first, size_t first_len,
                        pop3_error *err);

// p3_tls_say_end fills |err|: the connection ended where it should not have.
void p3_tls_say_end(const pop3_host *host, p3_tls_phase phase, uint64_t octets_in, pop3_error *err);

// p3_tls_is_alpn_refusal says whether the error |code| is the server's alert against the protocol
// name.
int p3_tls_is_alpn_refusal(uint32_t code);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_WORDS_H_
