// The one message of an OAuth login.
#ifndef POP3_PLUGINS_OAUTH_OAUTH_MESSAGE_H_
#define POP3_PLUGINS_OAUTH_OAUTH_MESSAGE_H_

#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_oauth_text is some octets; NULL stands for none.
typedef struct p3_oauth_text {
  const uint8_t *data;
  size_t len;
} p3_oauth_text;

// p3_oauth_message is a message, and the plugin's. Zero-filled it is empty.
typedef struct p3_oauth_message {
  uint8_t *data;
  size_t len;
} p3_oauth_message;

// p3_oauth_bearer makes the message of OAUTHBEARER (RFC 7628 section 3.1): whom to act as, the
// server's name, its port (0 if not known), the token.
pop3_status p3_oauth_bearer(p3_oauth_message *out, const pop3_host *host, p3_oauth_text user,
                            const char *server, uint32_t port, p3_oauth_text token,
                            pop3_error *err);

// p3_oauth_xoauth2 makes the message of XOAUTH2.
pop3_status p3_oauth_xoauth2(p3_oauth_message *out, const pop3_host *host, p3_oauth_text user,
                             p3_oauth_text token, pop3_error *err);

// p3_oauth_message_clear wipes and frees |message|; it is then empty.
void p3_oauth_message_clear(p3_oauth_message *message, const pop3_host *host);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_OAUTH_OAUTH_MESSAGE_H_
