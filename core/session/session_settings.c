// Changing the settings of a session that lives.
#include <string.h>

#include "core/base/error.h"
#include "core/base/fill.h"
#include "core/session/session_state.h"

#define LAYER "session"

// --- Options

pop3_status pop3_session_set_option(pop3_session *session, const pop3_option *option,
                                    pop3_error *err) {
  p3_error_reset(err);
  const pop3_transport_ops *ops = NULL;
  const pop3_status status = p3_settings_find_transport(&ops, session->registry, option, err);
  if (status != POP3_OK) return status;
  if (session->state == P3_SESSION_FAILED) {
    if (err != NULL) *err = session->error;
    return session->error.status;
  }
  if (session->state == P3_SESSION_CLOSED) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "option %s after the session was closed",
                          option->name);
  }
  if (p3_channel_has_read_options(&session->channel, ops)) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0,
                          "option %s comes too late: transport %s has read its options already; "
                          "set it earlier, or in a new session",
                          option->name, ops->name);
  }
  if (p3_option_list_set(&session->settings.options, option)) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for option %s", option->name);
}

// --- Time limits

void pop3_session_time_limits(const pop3_session *session, pop3_time_limits *out) {
  (void)p3_fill(out, &session->settings.time_limits, sizeof(session->settings.time_limits));
}

pop3_status pop3_session_set_time_limits(pop3_session *session, const pop3_time_limits *limits,
                                         pop3_error *err) {
  p3_error_reset(err);
  if (limits == NULL || !POP3_HAS_MEMBER(pop3_time_limits, limits, connect_ms)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "time limits need their size: start from POP3_TIME_LIMITS_INIT");
  }
  pop3_time_limits all = session->settings.time_limits;
  memcpy(&all, limits, limits->size < sizeof(all) ? limits->size : sizeof(all));
  all.size = (uint32_t)sizeof(all);
  all.reserved = 0;
  const pop3_status status = p3_settings_check_limits(&all, err);
  if (status == POP3_OK) session->settings.time_limits = all;
  return status;
}
