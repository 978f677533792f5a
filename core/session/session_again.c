// One new connection, where a transport that has failed to connect knows what may help: TLS without
// ALPN, say.
#include <pop3/session.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/session/session_private.h"

// Whether nothing is lost with the connection: either nothing came over it yet, or a login has just
// got its STLS, and will ask for the capabilities and STLS again.
static int is_early(const pop3_session *session) {
  const pop3_engine *engine = session->engine;
  if (!pop3_engine_upgrading(engine)) return pop3_engine_greeting(engine) == NULL;
  return session->pushing_tls && session->login.active && session->login.choosing &&
         pop3_engine_pending(engine) == 0;
}

// Asks the transport that has failed. Returns 1 and adds the option it wants to the session's.
static int add_option(pop3_session *session, const pop3_layer *failed) {
  pop3_answer answer = POP3_ANSWER_INIT;
  pop3_answer once = POP3_ANSWER_INIT;
  if (failed->ops->query == NULL ||
      failed->ops->query(failed->self, POP3_QUERY_AGAIN, &answer) != POP3_OK ||
      answer.data_len == 0) {
    return 0;
  }
  if (pop3_layers_query(&session->layers, POP3_QUERY_ONLY_ONCE, &once) == POP3_OK &&
      once.number != 0) {
    return 0;
  }
  char *name = pop3_mem_strdup(&session->allocator, (const char *)answer.data, answer.data_len);
  if (name == NULL) return 0;
  pop3_option *option = &session->options[session->num_options++];
  option->name = name;
  option->number = answer.number;
  return 1;
}

int pop3_session_again(pop3_session *session, const pop3_error *failure) {
  pop3_layers *layers = &session->layers;
  if (session->is_second || layers->count == 0 || !is_early(session) ||
      !add_option(session, &layers->at[layers->count - 1])) {
    return 0;
  }
  session->is_second = 1;
  session->first_failure = *failure;
  pop3_session_note(session, "%s; one new connection, with %s", failure->text,
                    session->options[session->num_options - 1].name);
  pop3_layers_destroy(layers);
  session->num_pushed = 0;
  session->pushing_tls = 0;
  session->read_wants = session->write_wants = 0;
  session->progress_ms = pop3_session_now(session);
  if (pop3_engine_upgrading(session->engine)) {
    // The first connection had its time, and came to an end.
    session->connect_start_ms = session->progress_ms;
    pop3_engine_restart(session->engine);
  }
  pop3_session_announce(session);
  return session->state == POP3_SESSION_OPEN;
}
