// How a session was asked to be: a copy of what does not change any more. What does is in
// settings.h.
#ifndef POP3_CORE_SESSION_SESSION_CONFIG_H_
#define POP3_CORE_SESSION_SESSION_CONFIG_H_

#include <pop3/session.h>

#include "core/channel/layers.h"
#include "core/login/login.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_session_hooks is the caller's functions.
typedef struct p3_session_hooks {
  pop3_trace_fn trace;  // or NULL: stderr
  void *trace_arg;
  pop3_audit_fn audit;  // or NULL
  void *audit_arg;
  int64_t (*clock_ms)(void *arg);  // or NULL: the monotonic clock
  void *clock_arg;
} p3_session_hooks;

// p3_session_config owns its strings; secrets are wiped.
typedef struct p3_session_config {
  pop3_allocator allocator;
  pop3_limits limits;
  const pop3_transport_ops *transports[P3_LAYERS_MAX];  // from the bottom up
  size_t num_transports;
  const pop3_transport_ops *stls;  // the transport that STLS pushes, or NULL
  char *host;                      // never NULL
  uint32_t port;
  pop3_tls_policy tls;
  p3_login_config login;  // refers to what follows
  char *user;
  char *authzid;
  char *realm;
  char *mechanism;
  pop3_secret password;
  pop3_secret token;
  p3_session_hooks hooks;
  uint32_t debug_level;
} p3_session_config;

// p3_session_config_init fills |config| from |options|, which is of our size. On failure there is
// nothing to clean up.
pop3_status p3_session_config_init(p3_session_config *config, const pop3_registry *registry,
                                   const pop3_session_options *options, pop3_error *err);

// p3_session_config_cleanup wipes and frees what |config| owns.
void p3_session_config_cleanup(p3_session_config *config);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_SESSION_CONFIG_H_
