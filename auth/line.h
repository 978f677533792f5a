// What user, apop and rpop have in common: credentials, and command lines that may hold a secret.
#ifndef POP3_AUTH_LINE_H_
#define POP3_AUTH_LINE_H_

#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_AUTH_WHY_MAX is enough for the reasons that score gives.
#define P3_AUTH_WHY_MAX 160

// p3_auth_bytes is a credential: the session's, valid until end.
typedef struct p3_auth_bytes {
  const uint8_t *data;
  size_t len;
} p3_auth_bytes;

// p3_auth_line is a command line that the plugin owns. Zero-filled it is empty.
typedef struct p3_auth_line {
  uint8_t *data;
  size_t len;
  size_t secret_offset;
} p3_auth_line;

// p3_auth_unusable writes |reason| to |why| and returns 0, the score.
int p3_auth_unusable(char *why, size_t why_cap, const char *reason);

// p3_auth_get fetches a credential and refuses one that cannot stand in a command line (CR, LF,
// NUL; a user name that is empty). |layer| is the mechanism's name.
pop3_status p3_auth_get(const pop3_host *host, const pop3_auth_context *context, const char *layer,
                        pop3_credential what, p3_auth_bytes *out, pop3_error *err);

// p3_auth_line_set makes |line| |verb| SP |shown| SP |secret|. Either argument may be NULL; it
// and its space are then left out.
pop3_status p3_auth_line_set(p3_auth_line *line, const pop3_host *host, const char *layer,
                             const char *verb, const p3_auth_bytes *shown,
                             const p3_auth_bytes *secret, pop3_error *err);

// p3_auth_line_clear wipes and frees |line|; it is then empty.
void p3_auth_line_clear(p3_auth_line *line, const pop3_host *host);

// p3_auth_send fills |out| with |line| as a command and returns POP3_AUTH_SEND.
pop3_auth_verdict p3_auth_send(const p3_auth_line *line, pop3_auth_output *out);

// p3_auth_refused ends an exchange to which the server answered no, or with a challenge that
// |verb| does not have. Returns POP3_AUTH_FAIL.
pop3_auth_verdict p3_auth_refused(const pop3_host *host, const char *layer, const char *verb,
                                  pop3_auth_event event, pop3_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_LINE_H_
