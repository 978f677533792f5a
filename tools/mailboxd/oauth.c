#include "tools/mailboxd/oauth.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/mailboxd/users.h"

#define MAX_NAME 255u

struct exchange {
  const struct auth_context *context;
  int is_google;  // XOAUTH2
  int refused;    // why was said; the client's answer to that is still to come
};

// A message: fields that end in 0x01 each, then one more 0x01.
struct message {
  const char *name, *token;  // NULL if it is not there
  size_t name_len, token_len;
  char name_buffer[MAX_NAME];
};

// Undoes =2C and =3D (RFC 5801, saslname); 0 if there is a "=" of another kind.
static int unescape(struct message *m, const char *in, size_t in_len) {
  size_t len = 0;
  for (size_t i = 0; i < in_len; i++) {
    char c = in[i];
    if (len == MAX_NAME) {
      return 0;
    }
    if (c == '=') {
      if (in_len - i < 3 || (memcmp(in + i, "=2C", 3) != 0 && memcmp(in + i, "=3D", 3) != 0)) {
        return 0;
      }
      c = in[i + 2] == 'C' ? ',' : '=';
      i += 2;
    }
    m->name_buffer[len++] = c;
  }
  m->name = m->name_buffer;
  m->name_len = len;
  return len > 0;
}

// The gs2-header, "n,a=NAME,": returns what is behind it, or NULL.
static const char *read_header(struct message *m, const char *in, const char *end) {
  if (end - in < 3 || (in[0] != 'n' && in[0] != 'y') || in[1] != ',') {
    return NULL;
  }
  in += 2;
  const char *comma = memchr(in, ',', (size_t)(end - in));
  if (comma == NULL) {
    return NULL;
  }
  if (comma > in && (comma - in < 3 || memcmp(in, "a=", 2) != 0 ||
                     !unescape(m, in + 2, (size_t)(comma - in) - 2))) {
    return NULL;
  }
  return comma + 1 < end && comma[1] == '\1' ? comma + 2 : NULL;
}

static void read_field(struct message *m, int is_google, const char *field, size_t len) {
  static const char kBearer[] = "auth=Bearer ", kUser[] = "user=";
  size_t bearer = sizeof(kBearer) - 1, user = sizeof(kUser) - 1;
  if (len > bearer && strncasecmp(field, kBearer, bearer) == 0) {
    m->token = field + bearer;
    m->token_len = len - bearer;
  } else if (is_google && len > user && memcmp(field, kUser, user) == 0) {
    m->name = field + user;
    m->name_len = len - user;
  }
}

static int parse(struct message *m, int is_google, const char *in, size_t len) {
  const char *end = in + len;
  *m = (struct message){.name = NULL};
  if (!is_google && (in = read_header(m, in, end)) == NULL) {
    return 0;
  }
  while (in < end && *in != '\1') {
    const char *stop = memchr(in, '\1', (size_t)(end - in));
    if (stop == NULL) {
      return 0;
    }
    read_field(m, is_google, in, (size_t)(stop - in));
    in = stop + 1;
  }
  return in + 1 == end && m->token != NULL && (m->name != NULL || !is_google);
}

static int has_token(const struct user *user, const struct message *m) {
  return user->token != NULL && auth_same(user->token, strlen(user->token), m->token, m->token_len);
}

// A client of OAUTHBEARER that does not say who it is, is who the token says.
static struct user *find_user(const struct users *users, const struct message *m) {
  if (m->name != NULL) {
    struct user *user = users_find(users, m->name, m->name_len);
    return user != NULL && has_token(user, m) ? user : NULL;
  }
  for (size_t i = 0; i < users->count; i++) {
    if (has_token(&users->list[i], m)) {
      return &users->list[i];
    }
  }
  return NULL;
}

static enum auth_step refuse(struct exchange *e, const char *why, struct auth_answer *out) {
  e->refused = 1;
  out->challenge = why;
  out->challenge_len = strlen(why);
  return AUTH_CHALLENGE;
}

static enum auth_step step(void *state, const uint8_t *response, size_t response_len,
                           struct auth_answer *out) {
  struct exchange *e = state;
  struct message message;
  if (e->refused) {
    return AUTH_FAILURE;  // whatever the client says to it
  }
  if (response == NULL) {
    return AUTH_CHALLENGE;
  }
  int good = parse(&message, e->is_google, (const char *)response, response_len);
  out->user = good ? find_user(e->context->users, &message) : NULL;
  if (out->user != NULL) {
    return AUTH_SUCCESS;
  }
  if (e->is_google) {
    return refuse(e,
                  good ? "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"mail\"}"
                       : "{\"status\":\"400\",\"schemes\":\"bearer\",\"scope\":\"mail\"}",
                  out);
  }
  return refuse(e,
                good ? "{\"status\":\"invalid_token\",\"schemes\":\"bearer\",\"scope\":\"mail\"}"
                     : "{\"status\":\"invalid_request\"}",
                out);
}

static void *start(const struct auth_mech *mech, const struct auth_context *context) {
  struct exchange *e = calloc(1, sizeof(*e));
  if (e != NULL) {
    e->context = context;
    e->is_google = strcmp(mech->name, "XOAUTH2") == 0;
  }
  return e;
}

static void end(void *state) { free(state); }

size_t oauth_mechs(const struct auth_mech **out) {
  static const struct auth_mech kMechs[OAUTH_MECHS] = {
      {.name = "OAUTHBEARER", .start = start, .step = step, .end = end},
      {.name = "XOAUTH2", .start = start, .step = step, .end = end},
  };
  for (size_t i = 0; i < OAUTH_MECHS; i++) {
    out[i] = &kMechs[i];
  }
  return OAUTH_MECHS;
}
