#include "core/login/exchange.h"

#include <string.h>

#define LAYER "login"

pop3_status p3_exchange_begin(p3_exchange *exchange, const pop3_auth_ops *ops,
                              const pop3_host *host, const pop3_auth_context *context,
                              pop3_error *err) {
  exchange->steps = 0;
  exchange->self = NULL;
  const pop3_status status = ops->begin(host, context, &exchange->self, err);
  exchange->ops = status == POP3_OK ? ops : NULL;
  return status;
}

void p3_exchange_end(p3_exchange *exchange) {
  const pop3_auth_ops *ops = exchange->ops;
  exchange->ops = NULL;
  if (ops != NULL) ops->end(exchange->self);
  exchange->self = NULL;
}

// What |verdict| comes to, after |event|.
static p3_exchange_act judge(const p3_exchange *exchange, pop3_auth_event event,
                             pop3_auth_verdict verdict, p3_exchange_outcome *out) {
  const char *name = exchange->ops->name;
  pop3_error *error = &out->error;
  if (verdict == POP3_AUTH_SEND) {
    const int is_response = event == POP3_AUTH_CHALLENGE;
    if ((out->output.is_command != 0) != is_response) {
      return is_response ? P3_EXCHANGE_RESPOND : P3_EXCHANGE_SEND_COMMAND;
    }
    pop3_error_set(error, POP3_ERR_AUTH, name, 0,
                   "the plugin sent a command in place of a response to a challenge, or a response "
                   "in place of a command");
    return P3_EXCHANGE_FAILED;
  }
  if (verdict == POP3_AUTH_DONE && event == POP3_AUTH_POSITIVE) return P3_EXCHANGE_DONE;
  if (event == POP3_AUTH_NEGATIVE && (error->status == POP3_OK || error->status == POP3_REFUSED)) {
    return P3_EXCHANGE_REFUSED;
  }
  if (error->status == POP3_OK) {
    pop3_error_set(error, POP3_ERR_AUTH, name, 0, "the mechanism gave up without a reason");
  }
  return P3_EXCHANGE_FAILED;
}

void p3_exchange_feed(p3_exchange *exchange, pop3_auth_event event, const char *data,
                      size_t data_len, p3_exchange_outcome *out) {
  memset(out, 0, sizeof(*out));
  out->output.size = (uint32_t)sizeof(out->output);
  if (++exchange->steps > P3_EXCHANGE_STEPS) {
    pop3_error_set(&out->error, POP3_ERR_LIMIT, LAYER, 0, "more than %d lines in one login",
                   P3_EXCHANGE_STEPS);
    out->act = P3_EXCHANGE_FAILED;
    return;
  }
  const pop3_auth_input input = {(uint32_t)sizeof(input), event, data, data_len};
  const pop3_auth_verdict verdict =
      exchange->ops->step(exchange->self, &input, &out->output, &out->error);
  out->act = judge(exchange, event, verdict, out);
}
