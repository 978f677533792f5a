#include "tools/mailboxd/reply.h"

#include "tools/mailboxd/outq.h"

enum result reply_ok(struct session *s, enum text text) {
  outq_string(s->out, "+OK ");
  outq_string(s->out, texts_get(s->language, text));
  outq_string(s->out, "\r\n");
  return RESULT_OK;
}

enum result reply_error(struct session *s, const char *code, enum text text) {
  outq_string(s->out, "-ERR ");
  if (code != NULL) {
    outq_string(s->out, "[");
    outq_string(s->out, code);
    outq_string(s->out, "] ");
  }
  outq_string(s->out, texts_get(s->language, text));
  outq_string(s->out, "\r\n");
  return RESULT_REFUSED;
}

enum result reply_bad(struct session *s, const char *code, enum text text) {
  (void)reply_error(s, code, text);
  return RESULT_BAD;
}
