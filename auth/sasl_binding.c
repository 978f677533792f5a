#include "auth/sasl_binding.h"

#include <string.h>

typedef struct kind {
  uint32_t query;
  const char *name;
  int after_1_2;   // exists on TLS 1.3
  int before_1_3;  // is asked for on earlier versions
} kind;

// In the order of preference. RFC 9266 makes tls-exporter the one for TLS 1.3, where tls-unique is
// not defined; RFC 5802 made tls-unique the one before that, and it stayed so (RFC 9266 section 3).
static const kind kKinds[] = {
    {POP3_QUERY_CB_TLS_EXPORTER, "tls-exporter", 1, 0},
    {POP3_QUERY_CB_TLS_UNIQUE, "tls-unique", 0, 1},
    {POP3_QUERY_CB_TLS_SERVER_END_POINT, "tls-server-end-point", 1, 1},
};

static int is_tls_1_3(const pop3_auth_context *context) {
  static const char kVersion[] = "TLSv1.3";
  pop3_answer answer = POP3_ANSWER_INIT;
  return context->query(context->session, POP3_QUERY_TLS_VERSION, &answer) == POP3_OK &&
         answer.data_len == sizeof(kVersion) - 1 &&
         memcmp(answer.data, kVersion, sizeof(kVersion) - 1) == 0;
}

int p3_sasl_binding_get(const pop3_auth_context *context, p3_sasl_binding *out) {
  memset(out, 0, sizeof(*out));
  const int new_tls = is_tls_1_3(context);
  for (size_t i = 0; i < sizeof(kKinds) / sizeof(kKinds[0]); i++) {
    if (new_tls ? !kKinds[i].after_1_2 : !kKinds[i].before_1_3) continue;
    pop3_answer answer = POP3_ANSWER_INIT;
    if (context->query(context->session, kKinds[i].query, &answer) != POP3_OK) continue;
    if (answer.data_len == 0 || answer.data_len > sizeof(out->data)) continue;
    out->name = kKinds[i].name;
    out->len = answer.data_len;
    memcpy(out->data, answer.data, answer.data_len);
    return 1;
  }
  return 0;
}
