// The choice of a mechanism: what each that server and plugins have in common is worth here.
#include <stdio.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/text.h"
#include "core/codec/codec.h"
#include "core/session/session_private.h"

#define LAYER "login"

// What the server says beyond its reply is kept up to this many octets.
#define DETAIL_MAX 4096

// --- The names that the caller gave

int pop3_choice_name(const char *names, size_t index, char out[POP3_MECHANISM_MAX]) {
  for (; index > 0; index--) {
    names = strchr(names, ',');
    if (names == NULL) return 0;
    names++;
  }
  const size_t len = strcspn(names, ",");
  if (len == 0 || len >= POP3_MECHANISM_MAX || memchr(names, ' ', len) != NULL) return -1;
  memcpy(out, names, len);
  out[len] = 0;
  return 1;
}

int pop3_choice_is_plus(const pop3_choice *choice) {
  const size_t len = strlen(choice->mechanism);
  return len > POP3_PLUS_LEN && strcmp(choice->mechanism + len - POP3_PLUS_LEN, POP3_PLUS) == 0;
}

static int has_family(const pop3_session *session) {
  const pop3_auth_ops *ops;
  for (size_t i = 0; (ops = pop3_registry_auth_at(session->registry, i)) != NULL; i++) {
    if ((ops->flags & POP3_AUTH_FAMILY) != 0) return 1;
  }
  return 0;
}

pop3_status pop3_choice_check(const pop3_session *session, const char *names, pop3_error *err) {
  char name[POP3_MECHANISM_MAX];
  int got;
  for (size_t i = 0; (got = pop3_choice_name(names, i, name)) != 0; i++) {
    if (got < 0) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "\"%s\" is no list of mechanisms: name %zu of it is empty, too long "
                            "or has a space",
                            names, i + 1);
    }
    if (pop3_registry_auth(session->registry, name) == NULL && !has_family(session)) {
      return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0,
                            "no plugin of this program plays mechanism \"%s\"", name);
    }
  }
  return POP3_OK;
}

// --- What plugins see

static const char *context_capability(void *arg, const char *keyword) {
  const pop3_session *session = arg;
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  if (keyword[0] == 0) return caps != NULL && !pop3_session_is_damaged(session) ? "" : NULL;
  return pop3_capabilities_find(caps, keyword);
}

static pop3_status context_query(void *arg, uint32_t what, pop3_answer *out) {
  return pop3_session_query(arg, what, out);
}

static void add(pop3_session *session, const pop3_auth_ops *ops, const char *mechanism, int by_name,
                int points, const char *why);

static void context_offer(void *arg, const char *mechanism, int points, const char *why) {
  pop3_session *session = arg;
  pop3_login_task *login = &session->login;
  // Only from inside a score without a name; and one family leaves room for the others.
  if (login->judged == NULL || session->num_choices >= POP3_OFFERS_MAX) return;
  // What has a plugin of its own is that plugin's to play.
  if (pop3_registry_auth(session->registry, mechanism) != NULL) return;
  add(session, login->judged, mechanism, 0, points, why);
}

static void context_detail(void *arg, const char *text, size_t text_len) {
  pop3_session *session = arg;
  if (text_len > DETAIL_MAX) text_len = DETAIL_MAX;
  pop3_mem_free(&session->allocator, session->detail);
  session->detail = pop3_mem_strdup(&session->allocator, text, text_len);
  session->detail_len = session->detail != NULL ? text_len : 0;
}

static void make_context(pop3_session *session) {
  pop3_auth_context *context = &session->login.context;
  memset(context, 0, sizeof(*context));
  context->size = (uint32_t)sizeof(*context);
  if (pop3_session_is_private(session)) context->channel |= POP3_CHANNEL_PRIVATE;
  if (session->allow_cleartext && !pop3_session_hides_mechanisms(session)) {
    context->channel |= POP3_CHANNEL_CLEARTEXT_ALLOWED;
  }
  context->session = session;
  context->host = session->host != NULL ? session->host : "";
  context->timestamp = pop3_engine_timestamp(session->engine, &context->timestamp_len);
  context->capability = context_capability;
  context->credential = pop3_credentials_fetch;
  context->has_credential = pop3_credentials_has;
  context->query = context_query;
  context->offer = context_offer;
  context->renew = pop3_credentials_renew;
  context->detail = context_detail;
  context->prefers_two_step = session->auth_two_step;
  context->channel_binding = (uint32_t)session->channel_binding;
  context->timestamp_problem = pop3_engine_timestamp_problem(session->engine);
}

// --- Judging

static pop3_choice *room(pop3_session *session) {
  if (session->num_choices == session->choices_cap) {
    const size_t cap = session->choices_cap + 16;
    if (cap > POP3_CANDIDATES_MAX) return NULL;
    pop3_choice *grown =
        pop3_mem_grow(&session->allocator, session->choices, cap, sizeof(*session->choices));
    if (grown == NULL) {
      pop3_error error = POP3_ERROR_INIT;
      pop3_error_set(&error, POP3_ERR_MEMORY, LAYER, 0, "no memory to compare mechanisms");
      pop3_login_abort(session, &error);
      return NULL;
    }
    session->choices = grown;
    session->choices_cap = cap;
  }
  return &session->choices[session->num_choices++];
}

static void add(pop3_session *session, const pop3_auth_ops *ops, const char *mechanism, int by_name,
                int points, const char *why) {
  pop3_choice *choice = room(session);
  if (choice == NULL) return;
  memset(choice, 0, sizeof(*choice));
  choice->ops = ops;
  choice->by_name = by_name;
  choice->points = points > 0 ? points : 0;
  (void)snprintf(choice->mechanism, sizeof(choice->mechanism), "%s", mechanism);
  if (points <= 0) {
    (void)snprintf(choice->why, sizeof(choice->why), "%s", why);
  } else if ((ops->flags & POP3_AUTH_CLEARTEXT) != 0 && session->login.context.channel == 0) {
    (void)snprintf(choice->why, sizeof(choice->why), "would send the password readable");
    choice->policy = 1;
  } else if (session->channel_binding == POP3_CHANNEL_BINDING_REQUIRE &&
             points < POP3_STRENGTH_BOUND) {
    (void)snprintf(choice->why, sizeof(choice->why),
                   "does not bind the channel (option channel_binding)");
  } else if (session->channel_binding == POP3_CHANNEL_BINDING_NEVER &&
             points >= POP3_STRENGTH_BOUND) {
    (void)snprintf(choice->why, sizeof(choice->why),
                   "binds the channel, which is switched off (option channel_binding)");
  } else if ((uint32_t)points < session->auth_floor) {
    (void)snprintf(choice->why, sizeof(choice->why),
                   "its strength of %d is below the floor of %u (option auth_floor)", points,
                   (unsigned)session->auth_floor);
  } else {
    choice->state = POP3_CANDIDATE_USABLE;
  }
}

// Asks |ops| what it is worth, by |name| or, if that is NULL, for all that it has. Returns 0 if the
// login is over.
static int judge(pop3_session *session, const pop3_auth_ops *ops, const char *name) {
  pop3_login_task *login = &session->login;
  if (name == NULL && (ops->flags & POP3_AUTH_ONLY_IF_ASKED) != 0) {
    add(session, ops, ops->name, 0, 0, "only if asked for by name");
    return login->active;
  }
  char why[POP3_WHY_MAX] = "unusable here";
  const size_t before = session->num_choices;
  login->context.mechanism = name;
  login->judged = name == NULL ? ops : NULL;
  login->in_plugin = 1;
  const int points = ops->score(&session->host_table, &login->context, why, sizeof(why));
  login->judged = NULL;
  if (pop3_login_ended(session)) return 0;
  why[sizeof(why) - 1] = 0;
  const int is_family = (ops->flags & POP3_AUTH_FAMILY) != 0;
  if (is_family && name == NULL && session->num_choices > before) return 1;
  add(session, ops, is_family && name != NULL ? name : ops->name, name != NULL, points, why);
  return login->active;
}

static int plays(const pop3_session *session, const pop3_auth_ops *ops, const char *name) {
  if (pop3_ascii_equal(name, strlen(name), ops->name)) return 1;
  return (ops->flags & POP3_AUTH_FAMILY) != 0 &&
         pop3_registry_auth(session->registry, name) == NULL;
}

void pop3_choice_make(pop3_session *session) {
  const pop3_login_task *login = &session->login;
  session->num_choices = 0;
  make_context(session);
  const pop3_auth_ops *ops;
  if (login->asked == NULL) {
    for (size_t i = 0; (ops = pop3_registry_auth_at(session->registry, i)) != NULL; i++) {
      if (!judge(session, ops, NULL)) return;
    }
    return;
  }
  char name[POP3_MECHANISM_MAX];
  for (size_t n = 0; pop3_choice_name(login->asked, n, name) > 0; n++) {
    for (size_t i = 0; (ops = pop3_registry_auth_at(session->registry, i)) != NULL; i++) {
      if (plays(session, ops, name) && !judge(session, ops, name)) return;
    }
  }
}

// The order in which mechanisms are taken is that of their strength but for this: where TLS has
// verified the server, the password is safe on its way, and digests of a shared secret count less
// than a readable one. Servers that keep passwords hashed offer both, and can check only that. Who
// names several gets them all in turn, and needs no such help.
static int rank(const pop3_choice *choice, int is_verified) {
  const int points = choice->points;
  if (!is_verified || points < POP3_STRENGTH_READABLE || points >= POP3_STRENGTH_SALTED) {
    return points;
  }
  return points < POP3_STRENGTH_DIGEST ? points + POP3_STRENGTH_READABLE
                                       : points - POP3_STRENGTH_READABLE;
}

size_t pop3_choice_best(const pop3_session *session) {
  const int is_verified = session->login.asked == NULL && pop3_session_is_verified(session);
  size_t best = SIZE_MAX;
  for (size_t i = 0; i < session->num_choices; i++) {
    const pop3_choice *choice = &session->choices[i];
    if (choice->state != POP3_CANDIDATE_USABLE) continue;
    if (best == SIZE_MAX ||
        rank(choice, is_verified) > rank(&session->choices[best], is_verified)) {
      best = i;
    }
  }
  return best;
}

void pop3_choice_reasons(const pop3_session *session, char *out, size_t cap, int *out_policy) {
  size_t len = 0;
  out[0] = 0;
  *out_policy = 0;
  for (size_t i = 0; i < session->num_choices && len < cap; i++) {
    const pop3_choice *choice = &session->choices[i];
    if (choice->state != POP3_CANDIDATE_UNUSABLE) continue;
    *out_policy |= choice->policy;
    const int n = snprintf(out + len, cap - len, "%s%s: %s", len > 0 ? "; " : "", choice->mechanism,
                           choice->why);
    len += n > 0 ? (size_t)n : 0;
  }
}

void pop3_choice_fail(const pop3_session *session, pop3_error *err) {
  char reasons[POP3_ERROR_TEXT_MAX];
  int policy;
  pop3_choice_reasons(session, reasons, sizeof(reasons), &policy);
  char damage[POP3_DAMAGE_MAX];
  if (policy && session->allow_cleartext) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the password is not sent readable: CAPA is damaged, better mechanisms may be "
                   "in it: %s",
                   pop3_session_damage(session, damage));
  } else if (policy) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the connection to %s is neither encrypted nor local, and no mechanism hides "
                   "the password (%s); set allow_cleartext to permit that",
                   session->host != NULL ? session->host : "the server", reasons);
  } else {
    const int is_damaged = pop3_session_damage(session, damage)[0] != 0;
    pop3_error_set(err, POP3_ERR_NO_MECHANISM, LAYER, 0, "no mechanism is usable%s%s (%s)",
                   is_damaged ? "; CAPA is damaged: " : "", damage,
                   reasons[0] != 0 ? reasons : "the registry has none");
  }
}
