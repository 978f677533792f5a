#include "auth/sasl_conn.h"

#include <string.h>

#include "auth/sasl_client.h"
#include "auth/sasl_mechanism.h"

#define LAYER "sasl"

// --- What libsasl2 asks

static int get_name(void *context, int id, const char **result, unsigned *len) {
  const p3_sasl_conn *conn = context;
  *result = id == SASL_CB_USER ? conn->authzid : conn->user;
  if (len != NULL) *len = (unsigned)strlen(*result);
  return SASL_OK;
}

static int get_secret(sasl_conn_t *sasl, void *context, int id, sasl_secret_t **secret) {
  const p3_sasl_conn *conn = context;
  (void)sasl;
  (void)id;
  *secret = conn->secret;
  return conn->secret != NULL ? SASL_OK : SASL_FAIL;
}

static int get_realm(void *context, int id, const char **available, const char **result) {
  const p3_sasl_conn *conn = context;
  (void)id;
  *result = conn->realm[0]                              ? conn->realm
            : available != NULL && available[0] != NULL ? available[0]
                                                        : "";
  return SASL_OK;
}

static void set_callback(p3_sasl_conn *conn, size_t at, unsigned long id,
                         p3_sasl_callback_fn function) {
  conn->callbacks[at].id = id;
  conn->callbacks[at].proc = function;
  conn->callbacks[at].context = conn;
}

static void set_callbacks(p3_sasl_conn *conn) {
  set_callback(conn, 0, SASL_CB_LOG, P3_SASL_CALLBACK(p3_sasl_quiet));
  set_callback(conn, 1, SASL_CB_USER, P3_SASL_CALLBACK(get_name));
  set_callback(conn, 2, SASL_CB_AUTHNAME, P3_SASL_CALLBACK(get_name));
  set_callback(conn, 3, SASL_CB_PASS, P3_SASL_CALLBACK(get_secret));
  set_callback(conn, 4, SASL_CB_GETREALM, P3_SASL_CALLBACK(get_realm));
  set_callback(conn, 5, SASL_CB_LIST_END, NULL);
}

// --- Credentials

// libsasl2 wants strings: an octet 0 would cut one short without a word.
static pop3_status fetch(const pop3_host *host, const pop3_auth_context *context,
                         pop3_credential what, const char *words, const uint8_t **data, size_t *len,
                         pop3_error *err) {
  const pop3_status status = context->credential(context->session, what, data, len, err);
  if (status == POP3_OK && memchr(*data, 0, *len) != NULL) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                      "the %s holds a NUL, which no mechanism can send", words);
  }
  return status;
}

// |*out| stays "" if the session has none.
static pop3_status fetch_optional(const pop3_host *host, const pop3_auth_context *context,
                                  pop3_credential what, const char *words, const char **out,
                                  pop3_error *err) {
  const uint8_t *data;
  size_t len;
  pop3_error local = POP3_ERROR_INIT;
  const pop3_status status = fetch(host, context, what, words, &data, &len, &local);
  if (status == POP3_ERR_NO_CREDENTIALS) return POP3_OK;
  if (status == POP3_OK) {
    *out = (const char *)data;
  } else if (err != NULL) {
    *err = local;
  }
  return status;
}

static int is_given(const pop3_auth_context *context, pop3_credential what) {
  return POP3_HAS_MEMBER(pop3_auth_context, context, is_given) && context->is_given != NULL &&
         context->is_given(context->session, what);
}

static pop3_status keep_password(p3_sasl_conn *conn, const uint8_t *data, size_t len,
                                 pop3_error *err) {
  const pop3_host *host = conn->host;
  if (len > SIZE_MAX - sizeof(sasl_secret_t)) len = SIZE_MAX - sizeof(sasl_secret_t);
  const size_t size = sizeof(sasl_secret_t) + len;
  conn->secret = host->alloc(host->ctx, size);
  if (conn->secret == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(conn->secret, 0, size);
  conn->secret_size = size;
  conn->secret->len = (unsigned long)len;
  // |data| is declared as one octet, and stands for all that follow.
  if (len > 0) memcpy((char *)conn->secret + offsetof(sasl_secret_t, data), data, len);
  return POP3_OK;
}

// With a certificate no user name proves anything: if there is one, it says whose maildrop it is
// (RFC 4422 appendix A). Nobody is asked for it, as the certificate says it, too.
pop3_status p3_sasl_conn_credentials(p3_sasl_conn *conn, const pop3_auth_context *context,
                                     uint32_t flags, pop3_error *err) {
  const pop3_host *host = conn->host;
  const uint8_t *data;
  size_t len;
  pop3_status status;
  if ((flags & P3_SASL_USER) != 0) {
    status = fetch(host, context, POP3_CREDENTIAL_USER, "user name", &data, &len, err);
    if (status != POP3_OK) return status;
    if (len == 0) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "the user name is empty");
    }
    conn->user = (const char *)data;
  }
  if ((flags & P3_SASL_PASSWORD) != 0) {
    status = fetch(host, context, POP3_CREDENTIAL_PASSWORD, "password", &data, &len, err);
    if (status == POP3_OK) status = keep_password(conn, data, len, err);
    if (status != POP3_OK) return status;
  }
  if ((flags & P3_SASL_CERTIFICATE) != 0 && is_given(context, POP3_CREDENTIAL_USER)) {
    status = fetch(host, context, POP3_CREDENTIAL_USER, "user name", &data, &len, err);
    if (status != POP3_OK) return status;
    conn->authzid = (const char *)data;
  }
  // These are asked for even if has_credential does not promise them: a callback may know.
  status = fetch_optional(host, context, POP3_CREDENTIAL_AUTHZID, "authorization name",
                          &conn->authzid, err);
  if (status != POP3_OK || (flags & P3_SASL_REALM) == 0) return status;
  return fetch_optional(host, context, POP3_CREDENTIAL_REALM, "realm", &conn->realm, err);
}

void p3_sasl_conn_forget(p3_sasl_conn *conn) {
  const pop3_host *host = conn->host;
  conn->user = conn->authzid = conn->realm = "";
  if (conn->secret != NULL) host->wipe(host->ctx, conn->secret, conn->secret_size);
  host->release(host->ctx, conn->secret);
  conn->secret = NULL;
  conn->secret_size = 0;
}

// --- The connection

pop3_status p3_sasl_conn_init(p3_sasl_conn *conn, const pop3_host *host, const char *server,
                              pop3_error *err) {
  memset(conn, 0, sizeof(*conn));
  conn->host = host;
  conn->user = conn->authzid = conn->realm = "";
  set_callbacks(conn);
  int code = p3_sasl_set_up();
  if (code != SASL_OK) {
    return host->fail(host->ctx, err, POP3_ERR_SYSTEM, LAYER, 0, code,
                      "libsasl2 cannot be set up: %s", sasl_errstring(code, NULL, NULL));
  }
  // "pop" is the name of the service (RFC 5034 section 4), whatever the port. At the other end of a
  // Unix socket is this machine. Without a server's name libsasl2 leaves out the mechanisms that
  // need one.
  const char *name = server == NULL || !server[0] ? NULL : server[0] == '/' ? "localhost" : server;
  code = sasl_client_new("pop", name, NULL, NULL, conn->callbacks, 0, &conn->sasl);
  return code == SASL_OK ? POP3_OK : p3_sasl_conn_fail(conn, "no connection", code, err);
}

void p3_sasl_conn_cleanup(p3_sasl_conn *conn) {
  sasl_dispose(&conn->sasl);
  p3_sasl_conn_forget(conn);
  conn->host->wipe(conn->host->ctx, &conn->binding, sizeof(conn->binding));
}

pop3_status p3_sasl_conn_new(p3_sasl_conn **out, const pop3_host *host, const char *server,
                             pop3_error *err) {
  *out = NULL;
  p3_sasl_conn *conn = host->alloc(host->ctx, sizeof(*conn));
  if (conn == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  const pop3_status status = p3_sasl_conn_init(conn, host, server, err);
  if (status != POP3_OK) {
    p3_sasl_conn_free(conn);
    return status;
  }
  *out = conn;
  return POP3_OK;
}

pop3_status p3_sasl_conn_fail(const p3_sasl_conn *conn, const char *what, int code,
                              pop3_error *err) {
  const pop3_host *host = conn->host;
  // "SASL(-13): authentication failure: Invalid server signature"
  const char *detail = conn->sasl != NULL ? sasl_errdetail(conn->sasl) : NULL;
  if (detail == NULL || !detail[0]) detail = sasl_errstring(code, NULL, NULL);
  const pop3_status status = code == SASL_NOMEM    ? POP3_ERR_MEMORY
                             : code == SASL_NOMECH ? POP3_ERR_NO_MECHANISM
                                                   : POP3_ERR_AUTH;
  return host->fail(host->ctx, err, status, LAYER, 0, code, "%s: %.200s", what, detail);
}

void p3_sasl_conn_free(p3_sasl_conn *conn) {
  if (conn == NULL) return;
  const pop3_host *host = conn->host;
  p3_sasl_conn_cleanup(conn);
  host->release(host->ctx, conn);
}
