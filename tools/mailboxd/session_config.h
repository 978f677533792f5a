// What all sessions of a server share.
#ifndef TOOLS_MAILBOXD_SESSION_CONFIG_H_
#define TOOLS_MAILBOXD_SESSION_CONFIG_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/auth.h"
#include "tools/mailboxd/command.h"
#include "tools/mailboxd/faults.h"
#include "tools/mailboxd/users.h"

#ifdef __cplusplus
extern "C" {
#endif

// SESSION_EXPIRE_NEVER stands for EXPIRE NEVER.
#define SESSION_EXPIRE_NEVER UINT32_MAX

// session_config is what all sessions share; it outlives them.
struct session_config {
  struct users *users;
  const struct auth_mech *const *mechs;  // SASL mechanisms that AUTH offers
  size_t num_mechs;
  int sasl_layers;        // mechanisms may protect connections that have no TLS
  const char *anonymous;  // whom AUTH ANONYMOUS logs in, or NULL
  int has_tls;            // there is a certificate: STLS is possible
  int require_tls;        // no login before TLS
  uint32_t disabled;      // bit 1 << command for each command that is switched off
  struct faults faults;
  int rpop_any_port;       // RPOP also from TCP ports of 1024 and more
  uint32_t login_delay_s;  // seconds between logins of one user, 0 for none
  int has_expire;          // EXPIRE is in CAPA, with ...
  uint32_t expire_days;    // ... this many days, or SESSION_EXPIRE_NEVER
  uint32_t max_bad;        // bad commands in a row before the session is ended
  const int64_t *now_ms;   // the clock of the loop
};

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_CONFIG_H_
