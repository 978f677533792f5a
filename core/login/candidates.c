#include "core/login/candidates.h"

#include <stdio.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/text.h"

#define LAYER "login"

void p3_candidates_init(p3_candidates *candidates, const pop3_allocator *allocator) {
  memset(candidates, 0, sizeof(*candidates));
  candidates->allocator = allocator;
}

void p3_candidates_cleanup(p3_candidates *candidates) {
  p3_mem_free(candidates->allocator, candidates->list);
  p3_candidates_init(candidates, candidates->allocator);
}

// --- Names

int p3_mechanism_name(const char *names, size_t index, char out[P3_MECHANISM_MAX]) {
  for (; index > 0; index--) {
    names = strchr(names, ',');
    if (names == NULL) return 0;
    names++;
  }
  const size_t len = strcspn(names, ",");
  if (len == 0 || len >= P3_MECHANISM_MAX || memchr(names, ' ', len) != NULL) return -1;
  memcpy(out, names, len);
  out[len] = 0;
  return 1;
}

int p3_mechanism_is_plus(const p3_mechanism *mechanism) {
  const size_t len = strlen(mechanism->name);
  return len > P3_PLUS_LEN && strcmp(mechanism->name + len - P3_PLUS_LEN, P3_PLUS) == 0;
}

static int is_called(const pop3_auth_ops *ops, const char *name) {
  return p3_ascii_equal(name, strlen(name), ops->name);
}

static int is_family(const pop3_auth_ops *ops) { return (ops->flags & POP3_AUTH_FAMILY) != 0; }

// Whether a plugin of its own plays |name|.
static int has_plugin(const p3_auth_list *auths, const char *name) {
  for (size_t i = 0; i < auths->count; i++) {
    if (is_called(auths->at[i], name)) return 1;
  }
  return 0;
}

static int has_family(const p3_auth_list *auths) {
  for (size_t i = 0; i < auths->count; i++) {
    if (is_family(auths->at[i])) return 1;
  }
  return 0;
}

pop3_status p3_candidates_check(const p3_auth_list *auths, const char *names, pop3_error *err) {
  char name[P3_MECHANISM_MAX];
  int got;
  for (size_t i = 0; (got = p3_mechanism_name(names, i, name)) != 0; i++) {
    if (got < 0) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "\"%s\" is no list of mechanisms: name %zu of it is empty, too long "
                            "or has a space",
                            names, i + 1);
    }
    if (!has_plugin(auths, name) && !has_family(auths)) {
      return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0,
                            "no plugin of this program plays mechanism \"%s\"", name);
    }
  }
  return POP3_OK;
}

int p3_candidates_need_capabilities(const p3_auth_list *auths, const char *names) {
  // A family plays what has no plugin of its own.
  if (strchr(names, ',') != NULL || !has_plugin(auths, names)) return 1;
  for (size_t i = 0; i < auths->count; i++) {
    const pop3_auth_ops *ops = auths->at[i];
    if (is_called(ops, names) && (ops->flags & POP3_AUTH_NO_CAPABILITIES) == 0) return 1;
  }
  return 0;
}

// --- Judging

static p3_mechanism *room(p3_candidates *candidates) {
  if (candidates->count == candidates->cap) {
    const size_t cap = candidates->cap + 16;
    if (cap > P3_CANDIDATES_MAX) return NULL;
    p3_mechanism *grown =
        p3_mem_grow(candidates->allocator, candidates->list, cap, sizeof(*candidates->list));
    if (grown == NULL) {
      candidates->lacked_memory = 1;
      return NULL;
    }
    candidates->list = grown;
    candidates->cap = cap;
  }
  return &candidates->list[candidates->count++];
}

// Writes to |why| what the caller's rules have against a mechanism of |strength|. Returns 1 if
// that is something.
static int breaks_rules(const p3_candidate_rules *rules, int strength, char why[P3_WHY_MAX]) {
  const int is_bound = strength >= POP3_STRENGTH_BOUND;
  if (rules->channel_binding == POP3_CHANNEL_BINDING_REQUIRE && !is_bound) {
    (void)snprintf(why, P3_WHY_MAX, "does not bind the channel (option channel_binding)");
  } else if (rules->channel_binding == POP3_CHANNEL_BINDING_NEVER && is_bound) {
    (void)snprintf(why, P3_WHY_MAX,
                   "binds the channel, which is switched off (option channel_binding)");
  } else if ((uint32_t)strength < rules->floor) {
    (void)snprintf(why, P3_WHY_MAX,
                   "its strength of %d is below the floor of %u (option auth_floor)", strength,
                   (unsigned)rules->floor);
  } else {
    return 0;
  }
  return 1;
}

static void add(p3_candidates *candidates, const pop3_auth_ops *ops, const char *name, int by_name,
                int strength, const char *why) {
  p3_mechanism *mechanism = room(candidates);
  if (mechanism == NULL) return;
  memset(mechanism, 0, sizeof(*mechanism));
  mechanism->ops = ops;
  mechanism->by_name = by_name;
  mechanism->strength = strength > 0 ? strength : 0;
  (void)snprintf(mechanism->name, sizeof(mechanism->name), "%s", name);
  if (strength <= 0) {
    (void)snprintf(mechanism->why, sizeof(mechanism->why), "%s", why);
  } else if ((ops->flags & POP3_AUTH_CLEARTEXT) != 0 && candidates->is_open_channel) {
    (void)snprintf(mechanism->why, sizeof(mechanism->why), "would send a readable password");
    mechanism->policy = 1;
  } else if (!breaks_rules(candidates->rules, strength, mechanism->why)) {
    mechanism->state = POP3_CANDIDATE_USABLE;
  }
}

void p3_candidates_offer(p3_candidates *candidates, const char *name, int strength,
                         const char *why) {
  // Only from inside a score without a name; and one family leaves room for the others.
  if (candidates->family == NULL || candidates->count >= P3_OFFERS_MAX) return;
  // What has a plugin of its own is that plugin's to play.
  if (has_plugin(candidates->auths, name)) return;
  add(candidates, candidates->family, name, 0, strength, why);
}

// Asks |ops| what it is worth, by |name| or, if that is NULL, for all that it has.
static void judge(p3_candidates *candidates, const pop3_auth_ops *ops, const pop3_host *host,
                  pop3_auth_context *context, const char *name) {
  if (name == NULL && (ops->flags & POP3_AUTH_ONLY_IF_ASKED) != 0) {
    add(candidates, ops, ops->name, 0, 0, "only if asked for by name");
    return;
  }
  if (candidates->is_for_another && (ops->flags & POP3_AUTH_AUTHZID) == 0) {
    add(candidates, ops, name != NULL ? name : ops->name, name != NULL, 0,
        "cannot act for somebody else");
    return;
  }
  char why[P3_WHY_MAX] = "unusable here";
  const size_t before = candidates->count;
  context->mechanism = name;
  candidates->family = name == NULL ? ops : NULL;
  const int strength = ops->score(host, context, why, sizeof(why));
  candidates->family = NULL;
  why[sizeof(why) - 1] = 0;
  if (is_family(ops) && name == NULL && candidates->count > before) return;
  add(candidates, ops, is_family(ops) && name != NULL ? name : ops->name, name != NULL, strength,
      why);
}

static int plays(const p3_candidates *candidates, const pop3_auth_ops *ops, const char *name) {
  return is_called(ops, name) || (is_family(ops) && !has_plugin(candidates->auths, name));
}

pop3_status p3_candidates_judge(p3_candidates *candidates, const p3_auth_list *auths,
                                const pop3_host *host, pop3_auth_context *context,
                                const p3_candidate_rules *rules, const char *asked,
                                pop3_error *err) {
  candidates->count = 0;
  candidates->lacked_memory = 0;
  candidates->auths = auths;
  candidates->rules = rules;
  candidates->is_open_channel = context->channel == 0;
  candidates->is_for_another = context->has_credential(context->session, POP3_CREDENTIAL_AUTHZID);
  char name[P3_MECHANISM_MAX];
  for (size_t n = 0; asked != NULL && p3_mechanism_name(asked, n, name) > 0; n++) {
    for (size_t i = 0; i < auths->count && !candidates->lacked_memory; i++) {
      if (plays(candidates, auths->at[i], name)) {
        judge(candidates, auths->at[i], host, context, name);
      }
    }
  }
  for (size_t i = 0; asked == NULL && i < auths->count && !candidates->lacked_memory; i++) {
    judge(candidates, auths->at[i], host, context, NULL);
  }
  candidates->auths = NULL;
  candidates->rules = NULL;
  if (!candidates->lacked_memory) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory to compare mechanisms");
}

// --- Choosing

// The order in which mechanisms are taken is that of their strength but for this: where TLS has
// verified the server, the password is safe on its way, and digests of a shared secret count less
// than a readable one. Servers that keep passwords hashed offer both, and can check only that. Who
// names several gets them all in turn, and needs no such help.
static int rank(const p3_mechanism *mechanism, int prefers_readable) {
  const int strength = mechanism->strength;
  if (!prefers_readable || strength < POP3_STRENGTH_READABLE || strength >= POP3_STRENGTH_SALTED) {
    return strength;
  }
  return strength < POP3_STRENGTH_DIGEST ? strength + POP3_STRENGTH_READABLE
                                         : strength - POP3_STRENGTH_READABLE;
}

size_t p3_candidates_best(const p3_candidates *candidates, int prefers_readable) {
  size_t best = SIZE_MAX;
  for (size_t i = 0; i < candidates->count; i++) {
    const p3_mechanism *mechanism = &candidates->list[i];
    if (mechanism->state != POP3_CANDIDATE_USABLE) continue;
    if (best == SIZE_MAX ||
        rank(mechanism, prefers_readable) > rank(&candidates->list[best], prefers_readable)) {
      best = i;
    }
  }
  return best;
}

void p3_candidates_reasons(const p3_candidates *candidates, char *out, size_t cap,
                           int *out_policy) {
  size_t len = 0;
  out[0] = 0;
  *out_policy = 0;
  for (size_t i = 0; i < candidates->count && len < cap; i++) {
    const p3_mechanism *mechanism = &candidates->list[i];
    if (mechanism->state != POP3_CANDIDATE_UNUSABLE) continue;
    *out_policy |= mechanism->policy;
    const int n = snprintf(out + len, cap - len, "%s%s: %s", len > 0 ? "; " : "", mechanism->name,
                           mechanism->why);
    len += n > 0 ? (size_t)n : 0;
  }
}
