// One mechanism's dialogue with the server, without any I/O: what the server said goes in, what is
// to be done comes out.
#ifndef POP3_CORE_LOGIN_EXCHANGE_H_
#define POP3_CORE_LOGIN_EXCHANGE_H_

#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_EXCHANGE_STEPS is how many lines one exchange has at the most, whatever a plugin says.
#define POP3_EXCHANGE_STEPS 256

// pop3_exchange is an attempt with one mechanism.
typedef struct pop3_exchange {
  const pop3_auth_ops *ops;  // NULL if none was begun
  void *self;
  uint32_t steps;
} pop3_exchange;

// pop3_exchange_act is what an exchange wants done.
typedef enum pop3_exchange_act {
  POP3_EXCHANGE_SEND_COMMAND = 0,  // the line is a command
  POP3_EXCHANGE_RESPOND,           // the line answers the challenge
  POP3_EXCHANGE_DONE,              // logged in, perhaps with a security layer
  POP3_EXCHANGE_REFUSED,           // the server said no; |error| if the plugin knows more of it
  POP3_EXCHANGE_FAILED             // |error|
} pop3_exchange_act;

// pop3_exchange_outcome is what pop3_exchange_feed returns. |output| is the plugin's: it is valid
// until the next call.
typedef struct pop3_exchange_outcome {
  pop3_exchange_act act;
  pop3_auth_output output;
  pop3_error error;
} pop3_exchange_outcome;

// pop3_exchange_begin begins an attempt with |ops|; there must be none.
pop3_status pop3_exchange_begin(pop3_exchange *exchange, const pop3_auth_ops *ops,
                                const pop3_host *host, const pop3_auth_context *context,
                                pop3_error *err);

// pop3_exchange_feed takes what the server did.
void pop3_exchange_feed(pop3_exchange *exchange, pop3_auth_event event, const char *data,
                        size_t data_len, pop3_exchange_outcome *out);

// pop3_exchange_end ends the attempt, if there is one.
void pop3_exchange_end(pop3_exchange *exchange);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_EXCHANGE_H_
