// POP URLs (RFC 2384) and the schemes that users write.
#ifndef POP3_URL_H_
#define POP3_URL_H_

#include <pop3/allocator.h>
#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_url_scheme says how the server is reached.
typedef enum pop3_url_scheme {
  POP3_URL_POP3 = 1,  // pop://, pop3://: TCP, port 110
  POP3_URL_POP3S,     // pops://, pop3s://: TLS from the first octet, port 995 (RFC 8314)
  POP3_URL_UNIX       // pop3+unix://: a Unix socket
} pop3_url_scheme;

// pop3_url is a parsed URL. It owns its strings; free it with pop3_url_cleanup. It never grows:
// what it may need one day has |room|.
typedef struct pop3_url {
  pop3_url_scheme scheme;
  uint16_t port;  // never 0 for TCP: the scheme's default is filled in; 0 for Unix
  uint16_t reserved;
  char *host;            // TCP: name or address, IPv6 without brackets; Unix: NULL
  char *path;            // Unix: an absolute path, or "@name" for an abstract socket; TCP: NULL
  char *user;            // percent-decoded, or NULL
  char *auth;            // "APOP", "PLAIN", ... without RFC 2384's '+'; NULL for none or "*"
  pop3_secret password;  // empty (data NULL) if the URL has none
  void *room[4];         // libpop3's own
} pop3_url;

// pop3_url_parse reads |text|: `pop://user;AUTH=+APOP:password@host:port`, `pop3://`, `pop3s://`,
// `pop3+unix://user@/path` (with `/%00name` for an abstract socket). Percent-encoded octets are
// decoded; CR, LF and NUL are refused wherever they could reach the wire. Fails with POP3_ERR_URL
// whose text gives the offending position (octets from 0) and reason but never the password, or
// POP3_ERR_MEMORY. |out| need not be initialised and is empty after a failure. |allocator| may be
// NULL.
pop3_status pop3_url_parse(pop3_url *out, const char *text, size_t text_len,
                           const pop3_allocator *allocator, pop3_error *err);

// pop3_url_cleanup frees what |url| owns, wiping the password.
void pop3_url_cleanup(pop3_url *url);

// pop3_url_format writes |url| without its password to |out| (at most |out_cap| octets with the
// NUL) for messages to people. Returns the length that the whole would have, as snprintf does.
size_t pop3_url_format(char *out, size_t out_cap, const pop3_url *url);

#ifdef __cplusplus
}
#endif

#endif  // POP3_URL_H_
