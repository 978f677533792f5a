// The inside of a session: where engine, channel and login meet. For the files of this folder.
#ifndef POP3_CORE_SESSION_SESSION_STATE_H_
#define POP3_CORE_SESSION_SESSION_STATE_H_

#include <pop3/security.h>
#include <pop3/session.h>

#include "core/channel/channel.h"
#include "core/engine/engine.h"
#include "core/login/login.h"
#include "core/session/deadlines.h"
#include "core/session/session_config.h"
#include "core/session/settings.h"
#include "core/session/wait_poll.h"

#ifdef __cplusplus
extern "C" {
#endif

// P3_LOGIN_OP marks operation ids of logins, which are the session's and not the engine's.
#define P3_LOGIN_OP (UINT64_C(1) << 63)

// p3_session_state is how far a session has come.
typedef enum p3_session_state {
  P3_SESSION_NEW = 0,
  P3_SESSION_OPEN,    // transports are being made, or are there
  P3_SESSION_CLOSED,  // in order
  P3_SESSION_FAILED
} p3_session_state;

// p3_login_call is the operation that a login is for the caller.
typedef struct p3_login_call {
  pop3_op_id id;
  pop3_op_id awaited;  // the engine's operation that the login waits for, or 0
  pop3_sink sink;
  p3_watch *watch;
  uint64_t count;  // logins so far
  int is_busy;     // p3_login_next is on the stack: plugins must find their state alive
  int is_ending;   // finish with |ending| when it has returned
  pop3_error ending;
} p3_login_call;

// p3_stls_memory is what was known before STLS.
typedef struct p3_stls_memory {
  pop3_stls_state state;
  uint64_t capabilities;  // a digest of those in the clear, 0 if they were not asked
  int is_pushing;         // the handshake behind STLS is under way
} p3_stls_memory;

// p3_session_flags is what a step has to know of the calls around it.
typedef struct p3_session_flags {
  int is_stepping;     // inside a step: callbacks must not block
  int num_holds;       // > 0: a call is under way that must find the session alive
  int free_requested;  // by a callback: done when the last hold is released
  int is_cancelled;    // set by pop3_session_cancel; read and written atomically
  int is_hot;          // there is more to do at once
  int is_touched;      // something was submitted, resumed or cancelled since the last step
  int was_waiting;     // the last step ended with the server owing us octets
} p3_session_flags;

struct pop3_session {
  p3_session_config config;
  p3_settings settings;
  const pop3_registry *registry;
  pop3_host host;
  pop3_engine *engine;
  p3_channel channel;
  p3_login_task login;
  p3_login_call login_call;
  p3_stls_memory stls;
  p3_deadlines deadlines;
  p3_waker waker;
  p3_watch watch;  // of the wait that is under way; there is one at a time
  p3_session_state state;
  p3_session_flags flags;
  uint32_t debug_level;
  void *user_data;           // the caller's own
  int is_second;             // the connection was made anew
  pop3_error first_failure;  // of the connection before, if |is_second|
  pop3_error error;          // valid when failed
};

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_SESSION_STATE_H_
