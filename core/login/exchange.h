// One mechanism's dialogue with the server, without any I/O: what the server said goes in, what is
// to be done comes out.
#ifndef POP3_CORE_LOGIN_EXCHANGE_H_
#define POP3_CORE_LOGIN_EXCHANGE_H_

#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif

// P3_EXCHANGE_STEPS is how many lines one exchange has at the most, whatever a plugin says.
#define P3_EXCHANGE_STEPS 256

// p3_exchange is an attempt with one mechanism.
typedef struct p3_exchange {
  const pop3_auth_ops *ops;  // NULL if none was begun
  void *self;
  uint32_t steps;
} p3_exchange;

// p3_exchange_act is what an exchange wants done.
typedef enum p3_exchange_act {
  P3_EXCHANGE_SEND_COMMAND = 0,  // the line is a command
  P3_EXCHANGE_RESPOND,           // the line answers the challenge
  P3_EXCHANGE_DONE,              // logged in, perhaps with a security layer
  P3_EXCHANGE_REFUSED,           // the server said no; |error| if the plugin knows more of it
  P3_EXCHANGE_FAILED             // |error|
} p3_exchange_act;

// p3_exchange_outcome is what p3_exchange_feed returns. |output| is the plugin's: it is valid
// until the next call.
typedef struct p3_exchange_outcome {
  p3_exchange_act act;
  pop3_auth_output output;
  pop3_error error;
} p3_exchange_outcome;

// p3_exchange_begin begins an attempt with |ops|; there must be none.
pop3_status p3_exchange_begin(p3_exchange *exchange, const pop3_auth_ops *ops,
                              const pop3_host *host, const pop3_auth_context *context,
                              pop3_error *err);

// p3_exchange_feed takes what the server did.
void p3_exchange_feed(p3_exchange *exchange, pop3_auth_event event, const char *data,
                      size_t data_len, p3_exchange_outcome *out);

// p3_exchange_end ends the attempt, if there is one.
void p3_exchange_end(p3_exchange *exchange);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_EXCHANGE_H_
