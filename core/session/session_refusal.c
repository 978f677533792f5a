// What follows when the server refuses a mechanism: who is next, and what the caller is told.
#include <stdio.h>
#include <string.h>

#include "core/session/session_private.h"

#define LAYER "engine"

// Whether another mechanism may have better luck: not where the maildrop is in use, say.
static int is_about_the_login(const pop3_error *refusal) {
  return refusal->code == POP3_CODE_NONE || refusal->code == POP3_CODE_AUTH ||
         refusal->code == POP3_CODE_OTHER;
}

// The choice that is the same mechanism as |bound| without channel binding, or SIZE_MAX.
static size_t find_unbound(const pop3_session *session, const pop3_choice *bound) {
  if (!pop3_choice_is_plus(bound)) return SIZE_MAX;
  const size_t len = strlen(bound->mechanism) - POP3_PLUS_LEN;
  for (size_t i = 0; i < session->num_choices; i++) {
    const pop3_choice *choice = &session->choices[i];
    if (choice->state == POP3_CANDIDATE_USABLE && choice->ops == bound->ops &&
        strlen(choice->mechanism) == len && memcmp(choice->mechanism, bound->mechanism, len) == 0) {
      return i;
    }
  }
  return SIZE_MAX;
}

// There are servers that list -PLUS and know other bindings only than this channel has; what they
// say does not tell that from a wrong password. Where the certificate has proved who the server is,
// nobody is in between whom the binding would keep out.
static size_t next_unbound(const pop3_session *session, const pop3_error *refusal) {
  if (session->login.asked != NULL || session->channel_binding != POP3_CHANNEL_BINDING_PREFER ||
      !is_about_the_login(refusal) || !pop3_session_is_verified(session)) {
    return SIZE_MAX;
  }
  return find_unbound(session, &session->choices[session->login.chosen]);
}

static void go_on(pop3_session *session, size_t next) {
  pop3_login_task *login = &session->login;
  login->ops->end(login->self);
  login->self = NULL;
  login->steps = 0;
  pop3_exchange_begin(session, next);
}

// The strongest usable mechanism that any server can check a right password with, however it keeps
// it, if |refused| is not such a one itself; else SIZE_MAX.
static size_t find_readable(const pop3_session *session, const pop3_choice *refused) {
  size_t best = SIZE_MAX;
  if (refused->points < POP3_STRENGTH_DIGEST) return SIZE_MAX;
  for (size_t i = 0; i < session->num_choices; i++) {
    const pop3_choice *choice = &session->choices[i];
    if (choice->state != POP3_CANDIDATE_USABLE || choice->points < POP3_STRENGTH_READABLE ||
        choice->points >= POP3_STRENGTH_DIGEST) {
      continue;
    }
    if (best == SIZE_MAX || choice->points > session->choices[best].points) best = i;
  }
  return best;
}

// The server's words, the mechanism that they are about, and what may help.
static void explain(const pop3_session *session, const pop3_error *refusal, pop3_error *out) {
  const pop3_login_task *login = &session->login;
  const pop3_choice *refused = &session->choices[login->chosen];
  const char *name = refused->mechanism;
  const size_t other = find_readable(session, refused);
  char more[2 * POP3_WHY_MAX];
  *out = *refusal;
  // A plugin that has words of its own knows better.
  if (!is_about_the_login(refusal) || strcmp(refusal->layer, LAYER) != 0) return;
  if (login->asked != NULL && other == SIZE_MAX) {
    (void)snprintf(more, sizeof(more),
                   "mechanism %s, asked for by name; if the password is right, another may do",
                   name);
  } else if (other != SIZE_MAX) {
    const char *mechanism = session->choices[other].mechanism;
    (void)snprintf(more, sizeof(more),
                   "mechanism %s; if the password is right, %s may do: option mechanism %s", name,
                   mechanism, mechanism);
  } else {
    (void)snprintf(more, sizeof(more), "mechanism %s", name);
  }
  const size_t room = sizeof(out->text) - strlen(more) - sizeof(" ()");
  (void)pop3_error_set(out, POP3_REFUSED, LAYER, 0, "%.*s (%s)", (int)room, refusal->text, more);
  out->code = refusal->code;
}

// Keeps the server's own words, without what a plugin made of them.
static void keep_words(const pop3_session *session, const pop3_error *refusal, pop3_choice *out) {
  const pop3_reply *reply = pop3_session_reply(session);
  const int is_there = reply != NULL && !reply->positive && reply->text != NULL;
  (void)snprintf(out->why, sizeof(out->why), "%.*s", (int)sizeof(out->why) - 1,
                 is_there ? reply->text : refusal->text);
}

void pop3_login_refused(pop3_session *session, const pop3_error *refusal) {
  pop3_login_task *login = &session->login;
  pop3_choice *refused = &session->choices[login->chosen];
  refused->state = POP3_CANDIDATE_REFUSED;
  keep_words(session, refusal, refused);
  size_t next = next_unbound(session, refusal);
  if (next != SIZE_MAX) {
    (void)snprintf(session->not_bound_why, sizeof(session->not_bound_why),
                   "the server refused %s: %s", refused->mechanism, refused->why);
    pop3_session_note(session,
                      "%s was refused; next %s, without channel binding, as the server's "
                      "certificate was verified",
                      refused->mechanism, session->choices[next].mechanism);
    login->context.channel_binding = POP3_CHANNEL_BINDING_NEVER;
    go_on(session, next);
    return;
  }
  next = pop3_choice_best(session);
  // Only where the caller has named several: after a refusal nobody slips to a weaker one by
  // himself.
  if (login->asked == NULL || next == SIZE_MAX) {
    pop3_error error = POP3_ERROR_INIT;
    explain(session, refusal, &error);
    pop3_login_finish(session, &error);
    return;
  }
  pop3_session_note(session, "%s was refused; next %s", refused->mechanism,
                    session->choices[next].mechanism);
  session->num_refused++;
  go_on(session, next);
}
