#include "auth/sasl_exchange.h"

#include <pop3/spi/sasl_line.h>
#include <stdio.h>
#include <string.h>

#include "auth/sasl_conn.h"
#include "auth/sasl_layer.h"
#include "auth/sasl_mechanism.h"
#include "auth/sasl_offer.h"

#define LAYER "sasl"

typedef enum sasl_stage { SASL_NEW = 0, SASL_RUNNING, SASL_OVER } sasl_stage;

typedef struct sasl_attempt {
  const pop3_host *host;
  const pop3_auth_context *context;
  const p3_sasl_mechanism *mechanism;
  char name[P3_SASL_NAME_MAX + 1];
  p3_sasl_conn *conn;
  sasl_stage stage;
  int complete;            // nothing more is expected of the server than its +OK
  int owed;                // the initial response is still to be sent
  int may_empty;           // the initial response was empty: some servers ask for it once more
  const uint8_t *initial;  // libsasl2's, valid until the next step
  size_t initial_len;
  pop3_sasl_line line;
  pop3_sasl_line challenge;
  char server_error[40];  // RFC 5802's server-error-value, or ""
} sasl_attempt;

// --- The beginning

static int is_encrypted(const pop3_auth_context *context) {
  pop3_answer answer = POP3_ANSWER_INIT;
  return context->query(context->session, POP3_QUERY_IS_ENCRYPTED, &answer) == POP3_OK &&
         answer.number == 1;
}

// Tells libsasl2 what the channel is like, and what is wanted on it.
static int set_security(sasl_attempt *self) {
  const pop3_auth_context *context = self->context;
  sasl_conn_t *sasl = self->conn->sasl;
  const int encrypted = is_encrypted(context);
  sasl_security_properties_t wanted;
  memset(&wanted, 0, sizeof(wanted));
  if (encrypted) {
    // libsasl2 only compares it with what a mechanism would bring: that it is TLS is enough.
    const sasl_ssf_t strength = 256;
    const int code = sasl_setprop(sasl, SASL_SSF_EXTERNAL, &strength);
    if (code != SASL_OK) return code;
  } else {
    wanted.max_ssf = 256;
    wanted.maxbufsize = P3_SASL_FRAME_MAX;
  }
  // The table knows what is readable in the mechanisms that it knows; libsasl2 knows all of them.
  if (context->channel == 0) wanted.security_flags |= SASL_SEC_NOPLAINTEXT;
  if ((self->mechanism->flags & P3_SASL_ANONYMOUS) == 0) {
    wanted.security_flags |= SASL_SEC_NOANONYMOUS;
  }
  return sasl_setprop(sasl, SASL_SEC_PROPS, &wanted);
}

// Without -PLUS the channel is not bound, but SCRAM may say that it could have been. It must not do
// so where the server has offered -PLUS (or its list is not known): the server would have to take
// that for a tampered list.
static int has_to_tell(const sasl_attempt *self, const char *plus) {
  const pop3_auth_context *context = self->context;
  const char *listed = context->capability(context->session, "SASL");
  return listed != NULL && !p3_sasl_listed(listed, plus);
}

// The caller may not want the channel bound, nor the server to know that it could have been.
static int never_binds(const pop3_auth_context *context) {
  return POP3_HAS_MEMBER(pop3_auth_context, context, channel_binding) &&
         context->channel_binding == POP3_CHANNEL_BINDING_NEVER;
}

static int must_bind(const pop3_auth_context *context) {
  return POP3_HAS_MEMBER(pop3_auth_context, context, channel_binding) &&
         context->channel_binding == POP3_CHANNEL_BINDING_REQUIRE;
}

static int set_binding(sasl_attempt *self) {
  p3_sasl_conn *conn = self->conn;
  const uint32_t flags = self->mechanism->flags;
  char plus[P3_SASL_NAME_MAX + sizeof("-PLUS")];
  if ((flags & (P3_SASL_BINDS | P3_SASL_MAY_BIND)) == 0) return SASL_OK;
  (void)snprintf(plus, sizeof(plus), "%s-PLUS", self->name);
  if ((flags & P3_SASL_MAY_BIND) != 0 && (never_binds(self->context) || !has_to_tell(self, plus))) {
    return SASL_OK;
  }
  if (!p3_sasl_binding_get(self->context, &conn->binding)) return SASL_OK;
  conn->cyrus_binding.name = conn->binding.name;
  conn->cyrus_binding.critical = (flags & P3_SASL_BINDS) != 0;
  conn->cyrus_binding.len = (unsigned long)conn->binding.len;
  conn->cyrus_binding.data = conn->binding.data;
  return sasl_setprop(conn->sasl, SASL_CHANNEL_BINDING, &conn->cyrus_binding);
}

static pop3_status make_conn(sasl_attempt *self, pop3_error *err) {
  const pop3_auth_context *context = self->context;
  pop3_status status = p3_sasl_conn_new(&self->conn, self->host, context->host, err);
  if (status != POP3_OK) return status;
  // All before anything is sent: a person may be asked, and the server's timer does not run yet.
  status = p3_sasl_conn_credentials(self->conn, context, self->mechanism->flags, err);
  if (status != POP3_OK) return status;
  int code = set_security(self);
  if (code == SASL_OK) code = set_binding(self);
  if (code == SASL_OK && (self->mechanism->flags & P3_SASL_CERTIFICATE) != 0) {
    // Only whether there is one counts: who that is the server knows from the certificate.
    code = sasl_setprop(self->conn->sasl, SASL_AUTH_EXTERNAL, "certificate");
  }
  return code == SASL_OK ? POP3_OK : p3_sasl_conn_fail(self->conn, self->name, code, err);
}

static void drop_lines(sasl_attempt *self) {
  pop3_sasl_line_clear(&self->line, self->host);
  pop3_sasl_line_clear(&self->challenge, self->host);
}

// What libsasl2 gave is sent: of a readable mechanism it holds the password, and libsasl2 would
// give the memory back as it is. LOGIN's lies in the credentials, which are wiped in any case.
static void wipe_initial(sasl_attempt *self) {
  if (self->initial != NULL && strcmp(self->name, "PLAIN") == 0) {
    self->host->wipe(self->host->ctx, (void *)(uintptr_t)self->initial, self->initial_len);
  }
  self->initial = NULL;
  self->initial_len = 0;
}

void p3_sasl_end(void *ptr) {
  sasl_attempt *self = ptr;
  if (self == NULL) return;
  wipe_initial(self);
  drop_lines(self);
  p3_sasl_conn_free(self->conn);
  self->host->release(self->host->ctx, self);
}

pop3_status p3_sasl_begin(const pop3_host *host, const pop3_auth_context *context, void **out_self,
                          pop3_error *err) {
  sasl_attempt *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->context = context;
  pop3_status status = p3_sasl_pick(host, context, self->name, err);
  if (status == POP3_OK) {
    self->mechanism = p3_sasl_mechanism_find(self->name);
    status = make_conn(self, err);
  }
  if (status != POP3_OK) {
    p3_sasl_end(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

// --- Lines

static pop3_auth_verdict give_up(sasl_attempt *self, pop3_error *err, pop3_status status,
                                 const char *words) {
  const pop3_host *host = self->host;
  (void)host->fail(host->ctx, err, status, LAYER, 0, 0, "%s: %s", self->name, words);
  return POP3_AUTH_FAIL;
}

static pop3_auth_verdict give_up_code(sasl_attempt *self, int code, pop3_error *err) {
  (void)p3_sasl_conn_fail(self->conn, self->name, code, err);
  return POP3_AUTH_FAIL;
}

static int prefers_two_step(const pop3_auth_context *context) {
  return POP3_HAS_MEMBER(pop3_auth_context, context, prefers_two_step) &&
         context->prefers_two_step != 0;
}

static pop3_auth_verdict start(sasl_attempt *self, pop3_auth_output *out, pop3_error *err) {
  char list[P3_SASL_NAME_MAX + sizeof(" NONE")];
  const char *data = NULL;
  unsigned len = 0;
  // A list of one stands for a mechanism that the caller has chosen. Only where there is a choice
  // libsasl2 tells the server that it would have bound the channel, hence a second one that nobody
  // has.
  const int may_bind = (self->mechanism->flags & P3_SASL_MAY_BIND) != 0;
  (void)snprintf(list, sizeof(list), "%s%s", self->name, may_bind ? " NONE" : "");
  const int code = sasl_client_start(self->conn->sasl, list, NULL, &data, &len, NULL);
  if (code != SASL_OK && code != SASL_CONTINUE) return give_up_code(self, code, err);
  self->complete = code == SASL_OK;
  if ((self->mechanism->flags & P3_SASL_SERVER_FIRST) != 0) {
    data = NULL;
    len = 0;
  }
  self->initial = (const uint8_t *)data;
  self->initial_len = len;
  self->owed =
      data != NULL && (prefers_two_step(self->context) || !pop3_sasl_line_fits(self->name, len));
  const uint8_t *now = self->owed ? NULL : self->initial;
  if (pop3_sasl_line_auth(&self->line, self->host, LAYER, self->name, now, len, err) != POP3_OK) {
    return POP3_AUTH_FAIL;
  }
  if (!self->owed) {
    self->may_empty = data != NULL && len == 0;
    wipe_initial(self);
  }
  return pop3_sasl_line_send(&self->line, 1, out);
}

static pop3_auth_verdict respond(sasl_attempt *self, const uint8_t *data, size_t len,
                                 pop3_auth_output *out, pop3_error *err) {
  if (pop3_sasl_line_make(&self->line, self->host, LAYER, "", data, len, err) != POP3_OK) {
    return POP3_AUTH_FAIL;
  }
  return pop3_sasl_line_send(&self->line, 0, out);
}

// A SCRAM server may say with its last message why it will refuse (RFC 5802 section 7), "e=" and a
// word. libsasl2 would only give up; the -ERR that follows is the answer. Returns 1 for such a one.
static int is_server_error(sasl_attempt *self) {
  const pop3_sasl_line *challenge = &self->challenge;
  if ((self->mechanism->flags & (P3_SASL_BINDS | P3_SASL_MAY_BIND)) == 0) return 0;
  if (challenge->len < 3 || memcmp(challenge->data, "e=", 2) != 0) return 0;
  size_t len = 0;
  for (size_t i = 2; i < challenge->len && len < sizeof(self->server_error) - 1; i++) {
    const char c = (char)challenge->data[i];
    if (!(c >= 'a' && c <= 'z') && c != '-') break;
    self->server_error[len++] = c;
  }
  self->server_error[len] = '\0';
  return len > 0;
}

static pop3_auth_verdict answer(sasl_attempt *self, const pop3_auth_input *in,
                                pop3_auth_output *out, pop3_error *err) {
  if (pop3_sasl_line_challenge(&self->challenge, self->host, LAYER, in, err) != POP3_OK) {
    return POP3_AUTH_FAIL;
  }
  const int empty = self->challenge.len == 0;
  if (self->owed) {
    if (!empty) {
      return give_up(self, err, POP3_ERR_AUTH,
                     "the server sent a challenge, but the client must send first");
    }
    self->owed = 0;
    const pop3_auth_verdict verdict = respond(self, self->initial, self->initial_len, out, err);
    wipe_initial(self);
    return verdict;
  }
  if (self->complete) {
    if (!empty || !self->may_empty) {
      return give_up(self, err, POP3_ERR_AUTH,
                     "the server sent another challenge after the last one");
    }
    self->may_empty = 0;
    return respond(self, NULL, 0, out, err);
  }
  if (self->server_error[0]) {
    return give_up(self, err, POP3_ERR_AUTH, "the server goes on after it has refused");
  }
  if (is_server_error(self)) return respond(self, NULL, 0, out, err);
  const char *data = NULL;
  unsigned len = 0;
  const int code = sasl_client_step(self->conn->sasl, (const char *)self->challenge.data,
                                    (unsigned)self->challenge.len, NULL, &data, &len);
  pop3_sasl_line_clear(&self->challenge, self->host);
  if (code != SASL_OK && code != SASL_CONTINUE) return give_up_code(self, code, err);
  self->complete = code == SASL_OK;
  return respond(self, (const uint8_t *)data, data != NULL ? len : 0, out, err);
}

// The server says that we are logged in.
static pop3_auth_verdict accept(sasl_attempt *self, pop3_auth_output *out, pop3_error *err) {
  if (!self->complete || self->owed) {
    return give_up(self, err, POP3_ERR_AUTH,
                   "the server said +OK before the exchange was over: it has not proved that it "
                   "knows the password");
  }
  const void *value = NULL;
  const int code = sasl_getprop(self->conn->sasl, SASL_SSF, &value);
  if (code != SASL_OK && code != SASL_NOTDONE) return give_up_code(self, code, err);
  if (code == SASL_OK && value != NULL && *(const sasl_ssf_t *)value > 0) {
    p3_sasl_conn_forget(self->conn);
    if (p3_sasl_layer_offer(self->conn, *(const sasl_ssf_t *)value, out, err) != POP3_OK) {
      return POP3_AUTH_FAIL;
    }
    self->conn = NULL;  // it is the layer's now
  }
  return POP3_AUTH_DONE;
}

// What the server said beyond its -ERR, or may have meant by it; else the server's words are
// enough. A -PLUS mechanism that is refused may not be about the password: there are servers that
// list it and know older bindings only, and they say the same.
static void explain(const sasl_attempt *self, const pop3_auth_input *in, pop3_error *err) {
  const pop3_host *host = self->host;
  const int words = in->data_len < 100 ? (int)in->data_len : 100;
  if ((self->mechanism->flags & P3_SASL_BINDS) == 0) {
    if (!self->server_error[0]) return;
    (void)host->fail(host->ctx, err, POP3_REFUSED, LAYER, 0, 0, "%.*s (%s: the server says %s)",
                     words, in->data, self->name, self->server_error);
    return;
  }
  // In the words of RFC 5802 section 7: it sees other binding data than this end. Nobody but
  // somebody in between makes a difference, whatever his certificate.
  if (strcmp(self->server_error, "channel-bindings-dont-match") == 0) {
    (void)host->fail(host->ctx, err, POP3_ERR_AUTH, LAYER, 0, 0,
                     "%s: the server sees a different TLS channel: an attacker may be between "
                     "client and server (option channel_binding never logs in without binding)",
                     self->name);
    return;
  }
  char way_out[sizeof("option mechanism ") + P3_SASL_NAME_MAX] = "option channel_binding prefer";
  if (!must_bind(self->context)) {
    const int base = (int)(strlen(self->name) - (sizeof("-PLUS") - 1));
    (void)snprintf(way_out, sizeof(way_out), "option mechanism %.*s", base, self->name);
  }
  (void)host->fail(host->ctx, err, POP3_REFUSED, LAYER, 0, 0,
                   "%.*s (%s%s%s; if the password is right, the server may not support the channel "
                   "binding %s: %s logs in without it)",
                   words, in->data, self->name, self->server_error[0] ? ": the server says " : "",
                   self->server_error, self->conn->binding.name, way_out);
}

pop3_auth_verdict p3_sasl_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                               pop3_error *err) {
  sasl_attempt *self = ptr;
  pop3_auth_verdict verdict = POP3_AUTH_FAIL;
  drop_lines(self);
  if (self->stage == SASL_NEW && in->event == POP3_AUTH_START) {
    self->stage = SASL_RUNNING;
    verdict = start(self, out, err);
  } else if (self->stage == SASL_RUNNING && in->event == POP3_AUTH_CHALLENGE) {
    verdict = answer(self, in, out, err);
  } else if (self->stage == SASL_RUNNING && in->event == POP3_AUTH_POSITIVE) {
    verdict = accept(self, out, err);
  } else if (self->stage == SASL_RUNNING && in->event == POP3_AUTH_NEGATIVE) {
    explain(self, in, err);
  } else {
    verdict = give_up(self, err, POP3_ERR_STATE, "a step out of order");
  }
  if (verdict != POP3_AUTH_SEND) {
    self->stage = SASL_OVER;
    wipe_initial(self);
    drop_lines(self);
    p3_sasl_conn_free(self->conn);
    self->conn = NULL;
  }
  return verdict;
}
