#include "tools/mailboxd/cyrus.h"

#include <sasl/sasl.h>
#include <sasl/saslplug.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/cyrus_layer.h"
#include "tools/mailboxd/log.h"
#include "tools/mailboxd/tls_facts.h"
#include "tools/mailboxd/users.h"

#define NAME "mailboxd"
#define REALM "localhost"
#define ANONYMOUS "anonymous"

struct exchange {
  const struct auth_context *context;
  sasl_conn_t *conn;
  const char *mech;
  int started;
  int is_scram;
  int has_header;  // of SCRAM: the client's first message has been seen
  sasl_channel_binding_t binding;
  char binding_name[32];
  uint8_t binding_data[TLS_BINDING_MAX];
};

// DIGEST-MD5 says which realm a user is of: there is only ours.
static struct user *find_user(const struct users *users, const char *name, size_t len) {
  struct user *user = users_find(users, name, len);
  size_t realm = strlen("@" REALM);
  if (user == NULL && len > realm && memcmp(name + len - realm, "@" REALM, realm) == 0) {
    user = users_find(users, name, len - realm);
  }
  return user;
}

// --- What Cyrus SASL asks us

static int get_option(void *context, const char *plugin, const char *option, const char **result,
                      unsigned *len) {
  (void)context;
  (void)plugin;
  static const char *const kOptions[][2] = {
      {"auxprop_plugin", NAME},
      {"pwcheck_method", "auxprop"},
      {"mech_list",
       "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 CRAM-MD5 PLAIN LOGIN EXTERNAL "
       "ANONYMOUS"},
  };
  for (size_t i = 0; i < sizeof(kOptions) / sizeof(kOptions[0]); i++) {
    if (strcmp(option, kOptions[i][0]) == 0) {
      *result = kOptions[i][1];
      if (len != NULL) {
        *len = (unsigned)strlen(*result);
      }
      return SASL_OK;
    }
  }
  return SASL_FAIL;
}

// It says on which level of its own a message is that holds secrets: none of those is let through.
static int on_log(void *context, int level, const char *message) {
  (void)context;
  if (level <= SASL_LOG_DEBUG && message != NULL) {
    log_write(LOG_LEVEL_DEBUG, "SASL: %s", message);
  }
  return SASL_OK;
}

// Fills in the passwords that were asked for. A property of the name that a user proves to have is
// called *NAME; what it acts as has none.
static int look_up(void *global, sasl_server_params_t *params, unsigned flags, const char *name,
                   unsigned name_len) {
  const struct user *user = find_user(global, name, name_len);
  const struct propval *wanted = params->utils->prop_get(params->propctx);
  if (user == NULL || wanted == NULL) {
    // What ANONYMOUS calls everybody: nobody can log in by that name in another way, as it has no
    // password.
    return name_len == strlen(ANONYMOUS) && memcmp(name, ANONYMOUS, name_len) == 0 ? SASL_OK
                                                                                   : SASL_NOUSER;
  }
  for (; wanted->name != NULL; wanted++) {
    int of_authid = wanted->name[0] == '*';
    if (of_authid == ((flags & SASL_AUXPROP_AUTHZID) != 0) ||
        strcmp(wanted->name + (of_authid ? 1 : 0), SASL_AUX_PASSWORD_PROP) != 0) {
      continue;
    }
    if (wanted->values != NULL) {
      if ((flags & SASL_AUXPROP_OVERRIDE) == 0) {
        continue;
      }
      params->utils->prop_erase(params->propctx, wanted->name);
    }
    int result = params->utils->prop_set(params->propctx, wanted->name, user->password, -1);
    if (result != SASL_OK) {
      return result;
    }
  }
  return SASL_OK;
}

// The one thing here that cannot be handed through as an argument: whose passwords they are.
static sasl_auxprop_plug_t g_passwords = {.auxprop_lookup = look_up};

static int passwords_init(const sasl_utils_t *utils, int max_version, int *out_version,
                          sasl_auxprop_plug_t **out, const char *name) {
  (void)utils;
  (void)name;
  if (max_version < SASL_AUXPROP_PLUG_VERSION) {
    return SASL_BADVERS;
  }
  *out_version = SASL_AUXPROP_PLUG_VERSION;
  *out = &g_passwords;
  return SASL_OK;
}

// --- An exchange

static int is_plus(const char *mech) {
  size_t len = strlen(mech);
  return len > 5 && strcmp(mech + len - 5, "-PLUS") == 0;
}

// Sets the channel binding; 0 if this connection has none of that type.
static int set_binding(struct exchange *e, const char *type, size_t type_len) {
  uint8_t data[TLS_BINDING_MAX];
  size_t len =
      type_len < sizeof(e->binding_name) ? tls_binding(e->context->tls, type, type_len, data) : 0;
  if (len == 0) {
    return 0;
  }
  memcpy(e->binding_name, type, type_len);
  e->binding_name[type_len] = '\0';
  memcpy(e->binding_data, data, len);
  e->binding = (sasl_channel_binding_t){
      .name = e->binding_name, .critical = 0, .len = len, .data = e->binding_data};
  return sasl_setprop(e->conn, SASL_CHANNEL_BINDING, &e->binding) == SASL_OK;
}

static int set_up(struct exchange *e) {
  sasl_security_properties_t properties = {.max_ssf = 0};
  if (e->context->layers && e->context->tls == NULL) {
    properties.max_ssf = 256;
    properties.maxbufsize = CYRUS_LAYER_BUFFER;
  }
  if (sasl_setprop(e->conn, SASL_SEC_PROPS, &properties) != SASL_OK) {
    return 0;
  }
  if (e->context->tls == NULL) {
    return 1;
  }
  sasl_ssf_t strength = 128;
  char name[TLS_NAME_MAX];
  if (sasl_setprop(e->conn, SASL_SSF_EXTERNAL, &strength) != SASL_OK ||
      (tls_peer_name(e->context->tls, name) &&
       sasl_setprop(e->conn, SASL_AUTH_EXTERNAL, name) != SASL_OK)) {
    return 0;
  }
  if (e->is_scram) {
    // Also for those without -PLUS: a client that thinks that we cannot do it has been lied to.
    const char *type = tls_default_binding(e->context->tls);
    (void)set_binding(e, type, strlen(type));
  }
  return 1;
}

static void end(void *state) {
  struct exchange *e = state;
  sasl_dispose(&e->conn);
  free(e);
}

static void *start(const struct auth_mech *mech, const struct auth_context *context) {
  struct exchange *e = calloc(1, sizeof(*e));
  if (e == NULL) {
    return NULL;
  }
  e->context = context;
  e->mech = mech->name;
  e->is_scram = strncmp(mech->name, "SCRAM-", 6) == 0;
  if (sasl_server_new("pop", REALM, NULL, NULL, NULL, NULL, 0, &e->conn) != SASL_OK || !set_up(e)) {
    end(e);
    return NULL;
  }
  return e;
}

// The client's first message names the binding that it has chosen (RFC 5802, section 7:
// gs2-header). If it is not ours, the default one stays, and the mechanism refuses.
static void choose_binding(struct exchange *e, const uint8_t *response, size_t len) {
  e->has_header = 1;
  if (e->context->tls == NULL || len < 2 || memcmp(response, "p=", 2) != 0) {
    return;
  }
  const uint8_t *comma = memchr(response, ',', len);
  if (comma != NULL) {
    (void)set_binding(e, (const char *)response + 2, (size_t)(comma - response) - 2);
  }
}

static enum auth_step succeed(struct exchange *e, struct auth_answer *out) {
  const void *name = NULL;
  if (strcmp(e->mech, "ANONYMOUS") == 0) {
    name = e->context->anonymous;
  } else if (sasl_getprop(e->conn, SASL_USERNAME, &name) != SASL_OK) {
    name = NULL;
  }
  out->user = name == NULL ? NULL : find_user(e->context->users, name, strlen(name));
  if (out->user == NULL) {
    return AUTH_FAILURE;
  }
  const void *strength;
  if (sasl_getprop(e->conn, SASL_SSF, &strength) != SASL_OK) {
    return AUTH_FAILURE;
  }
  if (*(const sasl_ssf_t *)strength > 0) {
    if (!cyrus_layer(e->conn, &out->layer)) {
      return AUTH_FAILURE;
    }
    e->conn = NULL;  // it is the layer's now
  }
  return AUTH_SUCCESS;
}

static enum auth_step step(void *state, const uint8_t *response, size_t response_len,
                           struct auth_answer *out) {
  struct exchange *e = state;
  const char *in = (const char *)response, *challenge = NULL;
  unsigned challenge_len = 0;
  if (e->is_scram && response != NULL && !e->has_header) {
    choose_binding(e, response, response_len);
  }
  if (e->started && response_len == 0 && strcmp(e->mech, "LOGIN") == 0) {
    return AUTH_FAILURE;  // it would be refused anyway, but the plugin leaks an empty password
  }
  int result;
  if (e->started) {
    result = sasl_server_step(e->conn, in, (unsigned)response_len, &challenge, &challenge_len);
  } else {
    e->started = 1;
    result =
        sasl_server_start(e->conn, e->mech, in, (unsigned)response_len, &challenge, &challenge_len);
  }
  if (result == SASL_CONTINUE) {
    out->challenge = challenge == NULL ? "" : challenge;
    out->challenge_len = challenge == NULL ? 0 : challenge_len;
    return AUTH_CHALLENGE;
  }
  return result == SASL_OK ? succeed(e, out) : AUTH_FAILURE;
}

// --- The list

static int over_tls(const struct auth_mech *mech, const struct auth_context *context) {
  (void)mech;
  return context->tls != NULL;
}

static int with_certificate(const struct auth_mech *mech, const struct auth_context *context) {
  (void)mech;
  char name[TLS_NAME_MAX];
  return context->tls != NULL && tls_peer_name(context->tls, name);
}

static int for_anybody(const struct auth_mech *mech, const struct auth_context *context) {
  (void)mech;
  return context->anonymous != NULL;
}

#define MECH(mech_name, when) \
  { .name = (mech_name), .offered = (when), .start = start, .step = step, .end = end }

// The strongest first: some clients take the first that they know.
static const struct auth_mech kMechs[CYRUS_MECHS] = {
    MECH("SCRAM-SHA-512-PLUS", over_tls),
    MECH("SCRAM-SHA-256-PLUS", over_tls),
    MECH("SCRAM-SHA-1-PLUS", over_tls),
    MECH("SCRAM-SHA-512", NULL),
    MECH("SCRAM-SHA-256", NULL),
    MECH("SCRAM-SHA-1", NULL),
    MECH("DIGEST-MD5", NULL),
    MECH("CRAM-MD5", NULL),
    MECH("EXTERNAL", with_certificate),
    MECH("PLAIN", NULL),
    MECH("LOGIN", NULL),
    MECH("ANONYMOUS", for_anybody),
};

// Whether the plugin of |mech| is installed; that of -PLUS is the same as without.
static int is_there(const char *mech, const char *const *there) {
  size_t len = strlen(mech) - (is_plus(mech) ? 5 : 0);
  for (; *there != NULL; there++) {
    if (strlen(*there) == len && memcmp(*there, mech, len) == 0) {
      return 1;
    }
  }
  return 0;
}

int cyrus_start(const struct users *users, const struct auth_mech **out, size_t *count, char *why,
                size_t why_size) {
  static const sasl_callback_t kCallbacks[] = {
      {SASL_CB_GETOPT, (int (*)(void))(void (*)(void))get_option, NULL},
      {SASL_CB_LOG, (int (*)(void))(void (*)(void))on_log, NULL},
      {SASL_CB_LIST_END, NULL, NULL},
  };
  static char name[] = NAME;
  g_passwords.name = name;
  g_passwords.glob_context = (void *)(uintptr_t)users;
  // No name of a program: Cyrus SASL looks for no configuration file then.
  int result = sasl_server_init(kCallbacks, NULL);
  if (result == SASL_OK) {
    result = sasl_auxprop_add_plugin(NAME, passwords_init);
  }
  if (result != SASL_OK) {
    snprintf(why, why_size, "%s", sasl_errstring(result, NULL, NULL));
    return 0;
  }
  const char *const none[] = {NULL};
  const char *const *there = sasl_global_listmech();
  if (there == NULL) {
    there = none;
  }
  size_t missing = 0, added = 0;
  for (size_t i = 0; i < CYRUS_MECHS; i++) {
    if (is_there(kMechs[i].name, there)) {
      out[added++] = &kMechs[i];
    } else {
      missing++;
    }
  }
  *count += added;
  if (missing > 0) {
    fprintf(stderr,
            "mailboxd: note: %zu mechanisms of AUTH are missing (on Debian: libsasl2-modules)\n",
            missing);
  }
  return 1;
}

void cyrus_stop(void) { sasl_done(); }
