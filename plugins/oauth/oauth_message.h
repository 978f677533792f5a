// The one message of an OAuth login.
#ifndef POP3_PLUGINS_OAUTH_OAUTH_MESSAGE_H_
#define POP3_PLUGINS_OAUTH_OAUTH_MESSAGE_H_

#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// pop3_oauth_text is some octets; NULL stands for none.
typedef struct pop3_oauth_text {
  const uint8_t *data;
  size_t len;
} pop3_oauth_text;

// pop3_oauth_message is a message, and the plugin's. Zero-filled it is empty.
typedef struct pop3_oauth_message {
  uint8_t *data;
  size_t len;
} pop3_oauth_message;

// pop3_oauth_bearer makes the message of OAUTHBEARER (RFC 7628 section 3.1): whom to act as, the
// server's name, its port (0 if not known), the token.
pop3_status pop3_oauth_bearer(pop3_oauth_message *out, const pop3_host *host, pop3_oauth_text user,
                              const char *server, uint32_t port, pop3_oauth_text token,
                              pop3_error *err);

// pop3_oauth_xoauth2 makes the message of XOAUTH2.
pop3_status pop3_oauth_xoauth2(pop3_oauth_message *out, const pop3_host *host, pop3_oauth_text user,
                               pop3_oauth_text token, pop3_error *err);

// pop3_oauth_message_clear wipes and frees |message|; it is then empty.
void pop3_oauth_message_clear(pop3_oauth_message *message, const pop3_host *host);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_OAUTH_OAUTH_MESSAGE_H_
