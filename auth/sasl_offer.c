#include "auth/sasl_offer.h"

#include <string.h>

#include "auth/sasl_binding.h"
#include "auth/sasl_conn.h"

#define LAYER "sasl"

// How many names of a server's list are looked at; Cyrus lists 17 when it has all.
#define LISTED_MAX 64

// What is asked once for all mechanisms.
typedef struct situation {
  const pop3_host *host;
  const pop3_auth_context *context;
  p3_sasl_conn conn;      // owns |installed|
  const char *installed;  // the names that libsasl2 has modules for
  const char *listed;     // the server's, or NULL
  int can_bind;
} situation;

// Takes no memory from the host: if that failed, a weaker mechanism of somebody else would be
// chosen. look_away must follow in any case.
static pop3_status look_around(situation *here, const pop3_host *host,
                               const pop3_auth_context *context, pop3_error *err) {
  memset(here, 0, sizeof(*here));
  here->host = host;
  here->context = context;
  here->listed = context->capability(context->session, "SASL");
  p3_sasl_binding binding;
  here->can_bind = p3_sasl_binding_get(context, &binding);
  host->wipe(host->ctx, &binding, sizeof(binding));
  const pop3_status status = p3_sasl_conn_init(&here->conn, host, context->host, err);
  if (status != POP3_OK) return status;
  // "" if there is none at all.
  if (sasl_listmech(here->conn.sasl, NULL, "", " ", "", &here->installed, NULL, NULL) != SASL_OK) {
    here->installed = "";
  }
  return POP3_OK;
}

static void look_away(situation *here) { p3_sasl_conn_cleanup(&here->conn); }

// A module has one name for the mechanism with and without channel binding.
static int is_installed(const situation *here, const char *name, uint32_t flags) {
  char base[P3_SASL_NAME_MAX + 1] = "";
  size_t len = strlen(name);
  if ((flags & P3_SASL_BINDS) != 0) len -= sizeof("-PLUS") - 1;
  memcpy(base, name, len);
  return p3_sasl_listed(here->installed, base);
}

static int has_client_certificate(const pop3_auth_context *context) {
  pop3_answer answer = POP3_ANSWER_INIT;
  return context->query(context->session, POP3_QUERY_TLS_CLIENT_CERT, &answer) == POP3_OK &&
         answer.number == 1;
}

// Points for |name|, or 0 and the reason.
static int strength_of(const situation *here, const char *name, const char **why) {
  const pop3_auth_context *context = here->context;
  const p3_sasl_mechanism *mechanism = p3_sasl_mechanism_find(name);
  const uint32_t flags = mechanism->flags;
  const char *reason = NULL;
  if (!is_installed(here, name, flags)) {
    reason = "not installed here";
  } else if ((flags & P3_SASL_BY_NAME) != 0 && context->mechanism == NULL) {
    reason = "only if asked for by name";
  } else if ((flags & P3_SASL_AUTHZID) == 0 &&
             context->has_credential(context->session, POP3_CREDENTIAL_AUTHZID)) {
    reason = "cannot act for somebody else";
  } else if ((flags & P3_SASL_READABLE) != 0 && context->channel == 0) {
    reason = "would send a readable password";
  } else if ((flags & P3_SASL_BINDS) != 0 && !here->can_bind) {
    reason = "the connection has nothing to bind to";
  } else if ((flags & P3_SASL_CERTIFICATE) != 0 && context->mechanism == NULL &&
             !has_client_certificate(context)) {
    reason = "the server has taken no client certificate";
  } else if ((flags & P3_SASL_USER) != 0 &&
             !context->has_credential(context->session, POP3_CREDENTIAL_USER)) {
    reason = "no user name was given";
  } else if ((flags & P3_SASL_PASSWORD) != 0 &&
             !context->has_credential(context->session, POP3_CREDENTIAL_PASSWORD)) {
    reason = "no password was given";
  }
  *why = reason;
  return reason != NULL ? 0 : mechanism->strength;
}

static void write_why(char *why, size_t why_cap, const char *reason) {
  if (why == NULL || why_cap == 0) return;
  size_t len = strlen(reason);
  if (len >= why_cap) len = why_cap - 1;
  memcpy(why, reason, len);
  why[len] = '\0';
}

// The best of the server's list, in |best|; each is offered if the host wants to hear it. 0 and the
// reason of the last one if there is none.
static int best_of_list(const situation *here, int offering, char best[P3_SASL_NAME_MAX + 1],
                        const char **why) {
  const pop3_auth_context *context = here->context;
  const char *list = here->listed;
  char name[P3_SASL_NAME_MAX + 1];
  int best_strength = 0;
  best[0] = '\0';
  const int is_known = POP3_HAS_MEMBER(pop3_auth_context, context, knows_capabilities) &&
                       context->knows_capabilities != 0;
  *why = is_known ? "the server lists no SASL mechanism" : "the server has not said what it can";
  for (int i = 0; list != NULL && i < LISTED_MAX; i++) {
    const char *rest = list;
    const char *reason;
    if (!p3_sasl_name(&rest, name)) break;
    const int is_last = !p3_sasl_listed(rest, name);
    list = rest;
    if (!is_last) continue;  // offered once, however often it is listed
    const int strength = strength_of(here, name, &reason);
    if (offering) context->offer(context->session, name, strength, strength > 0 ? "" : reason);
    if (strength > best_strength) {
      best_strength = strength;
      memcpy(best, name, sizeof(name));
    } else if (strength <= 0) {
      *why = reason;
    }
  }
  return best_strength;
}

int p3_sasl_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                  size_t why_cap) {
  situation here;
  pop3_error error = POP3_ERROR_INIT;
  if (look_around(&here, host, context, &error) != POP3_OK) {
    look_away(&here);
    write_why(why, why_cap, error.text);
    return 0;
  }
  const char *reason = NULL;
  int strength;
  char name[P3_SASL_NAME_MAX + 1];
  if (context->mechanism != NULL) {
    const char *asked = context->mechanism;
    // Some servers forget to list it: whoever asks for it by name may try.
    strength = p3_sasl_name(&asked, name) ? strength_of(&here, name, &reason) : 0;
    if (strength <= 0 && reason == NULL) reason = "not the name of a SASL mechanism";
  } else {
    const int offering =
        POP3_HAS_MEMBER(pop3_auth_context, context, offer) && context->offer != NULL;
    strength = best_of_list(&here, offering, name, &reason);
  }
  if (strength <= 0) write_why(why, why_cap, reason);
  look_away(&here);
  return strength;
}

pop3_status p3_sasl_pick(const pop3_host *host, const pop3_auth_context *context,
                         char out[P3_SASL_NAME_MAX + 1], pop3_error *err) {
  situation here;
  const pop3_status status = look_around(&here, host, context, err);
  if (status != POP3_OK) {
    look_away(&here);
    return status;
  }
  const char *reason = NULL;
  int strength;
  if (context->mechanism != NULL) {
    const char *asked = context->mechanism;
    strength = p3_sasl_name(&asked, out) ? strength_of(&here, out, &reason) : 0;
    if (strength <= 0 && reason == NULL) reason = "not the name of a SASL mechanism";
  } else {
    strength = best_of_list(&here, 0, out, &reason);
  }
  look_away(&here);
  if (strength > 0) return POP3_OK;
  return host->fail(host->ctx, err, POP3_ERR_NO_MECHANISM, LAYER, 0, 0, "%s%s%s", out,
                    out[0] ? ": " : "", reason);
}
