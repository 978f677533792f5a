#include "core/login/refusal.h"

#include <stdio.h>
#include <string.h>

// The layer that a refusal has if no plugin has said more.
#define LAYER "engine"

// Whether another mechanism may have better luck: not where the maildrop is in use, say.
static int is_about_the_login(const pop3_error *error) {
  return error->code == POP3_CODE_NONE || error->code == POP3_CODE_AUTH ||
         error->code == POP3_CODE_OTHER;
}

// There are servers that list -PLUS and know other bindings only than this channel has; what they
// say does not tell that from a wrong password. Where the certificate has proved who the server is,
// nobody is in between whom the binding would keep out.
static int may_do_without(const p3_refusal *refusal) {
  return refusal->asked == NULL && refusal->channel_binding == POP3_CHANNEL_BINDING_PREFER &&
         is_about_the_login(refusal->error) && refusal->is_verified;
}

size_t p3_refusal_next_unbound(const p3_refusal *refusal) {
  const p3_candidates *candidates = refusal->candidates;
  const p3_mechanism *bound = &candidates->list[refusal->refused];
  if (!may_do_without(refusal) || !p3_mechanism_is_plus(bound)) return SIZE_MAX;
  const size_t len = strlen(bound->name) - P3_PLUS_LEN;
  for (size_t i = 0; i < candidates->count; i++) {
    const p3_mechanism *mechanism = &candidates->list[i];
    if (mechanism->state == POP3_CANDIDATE_USABLE && mechanism->ops == bound->ops &&
        strlen(mechanism->name) == len && memcmp(mechanism->name, bound->name, len) == 0) {
      return i;
    }
  }
  return SIZE_MAX;
}

// The strongest usable mechanism that any server can check a right password with, however it keeps
// it, if the refused one is not such a one itself; else NULL.
static const p3_mechanism *find_readable(const p3_refusal *refusal) {
  const p3_candidates *candidates = refusal->candidates;
  const p3_mechanism *best = NULL;
  if (candidates->list[refusal->refused].strength < POP3_STRENGTH_DIGEST) return NULL;
  for (size_t i = 0; i < candidates->count; i++) {
    const p3_mechanism *mechanism = &candidates->list[i];
    const int is_readable =
        mechanism->strength >= POP3_STRENGTH_READABLE && mechanism->strength < POP3_STRENGTH_DIGEST;
    if (mechanism->state != POP3_CANDIDATE_USABLE || !is_readable) continue;
    if (best == NULL || mechanism->strength > best->strength) best = mechanism;
  }
  return best;
}

void p3_refusal_explain(const p3_refusal *refusal, pop3_error *out) {
  const char *name = refusal->candidates->list[refusal->refused].name;
  const p3_mechanism *other = find_readable(refusal);
  char more[2 * P3_WHY_MAX];
  *out = *refusal->error;
  // A plugin that has words of its own knows better.
  if (!is_about_the_login(refusal->error) || strcmp(refusal->error->layer, LAYER) != 0) return;
  if (refusal->asked != NULL && other == NULL) {
    (void)snprintf(
        more, sizeof(more),
        "mechanism %s, asked for by name; if the password is right, try another mechanism", name);
  } else if (other != NULL) {
    (void)snprintf(more, sizeof(more),
                   "mechanism %s; if the password is right, try %s: option mechanism %s", name,
                   other->name, other->name);
  } else {
    (void)snprintf(more, sizeof(more), "mechanism %s", name);
  }
  const size_t room = sizeof(out->text) - strlen(more) - sizeof(" ()");
  (void)pop3_error_set(out, POP3_REFUSED, LAYER, 0, "%.*s (%s)", (int)room, refusal->error->text,
                       more);
  out->code = refusal->error->code;
}
