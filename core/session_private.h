// The session's inside, shared by the session_*.c files.
#ifndef POP3_CORE_SESSION_PRIVATE_H_
#define POP3_CORE_SESSION_PRIVATE_H_

#include <pop3/session.h>

#include "core/engine_private.h"
#include "core/layers.h"
#include "core/wait_poll.h"

#ifdef __cplusplus
extern "C" {
#endif

#define POP3_NUM_CREDENTIALS (POP3_CREDENTIAL_REALM + 1)

// POP3_LOGIN_OP marks operation ids of logins, which are the session's and not the engine's.
#define POP3_LOGIN_OP (UINT64_C(1) << 63)

// pop3_login_task is the login that is under way: CAPA if need be, then the exchange of one
// mechanism.
typedef struct pop3_login_task {
  int active;
  int choosing;    // the capabilities are known: choose in the next step
  int cancelling;  // "*" was sent; |error| is told when the server has answered
  pop3_op_id id;
  pop3_op_id op;         // the engine's operation that is awaited, or 0
  pop3_command command;  // of the last line
  pop3_sink sink;
  pop3_watch *watch;
  const pop3_auth_ops *ops;  // NULL until chosen
  void *self;                // NULL until begun
  pop3_auth_context context;
  char *asked;  // the mechanism's name in upper case, or NULL
  uint32_t steps;
  int64_t deadline_ms;
  int in_plugin;  // a plugin's function is on the stack: it must find its state alive
  int ending;     // finish with |error| when it has returned
  pop3_error error;
  pop3_secret credentials[POP3_NUM_CREDENTIALS];
} pop3_login_task;

// pop3_session_state is how far a session has come.
typedef enum pop3_session_state {
  POP3_SESSION_NEW = 0,
  POP3_SESSION_OPEN,    // transports are being made, or are there
  POP3_SESSION_CLOSED,  // in order
  POP3_SESSION_FAILED
} pop3_session_state;

struct pop3_session {
  pop3_allocator allocator;
  const pop3_registry *registry;
  pop3_limits limits;
  pop3_engine *engine;
  pop3_session_state state;
  pop3_error error;  // valid when failed

  // How it was asked to be; strings are the session's.
  const pop3_transport_ops *transports[POP3_LAYERS_MAX];
  size_t num_transports;
  char *host;
  uint32_t port;
  pop3_option *options;
  size_t num_options;
  char *user;
  pop3_secret password;
  char *mechanism;
  pop3_credential_fn credential;
  void *credential_arg;
  int64_t connect_ms;
  int64_t idle_ms;
  int64_t login_ms;
  int64_t total_ms;
  int allow_cleartext;
  uint32_t debug_level;
  pop3_trace_fn trace;
  void *trace_arg;
  pop3_audit_fn audit;
  void *audit_arg;
  int64_t (*clock_ms)(void *arg);
  void *clock_arg;

  // The way to the server.
  pop3_host host_table;
  pop3_layers layers;
  size_t num_pushed;          // of |transports|
  pop3_transport_ops pushed;  // a security layer of a mechanism
  int has_pushed;
  const pop3_option *pushed_options;
  size_t num_pushed_options;
  uint32_t read_wants;   // POP3_WAIT_* that the last read waits for
  uint32_t write_wants;  // likewise the last write or connect
  int write_failed;      // |write_error| is told once the server's last words are read
  pop3_error write_error;
  int64_t start_ms;
  int64_t progress_ms;  // when octets last moved, or the server began to owe us some
  int waiting;          // the last step ended with the server owing us octets
  int hot;              // there is more to do at once
  int touched;          // something was submitted, resumed or cancelled since the last step
  int cancelled;        // set by pop3_cancel; read and written atomically
  pop3_waker waker;

  int stepping;  // inside pop3_step
  int held;      // > 0: a call is under way that must find the session alive
  int free_requested;
  pop3_watch watch;  // of the wait that is under way; there is one at a time

  pop3_login_task login;
  uint64_t num_logins;
  uint32_t num_refused;  // logins that the server refused
  char *logged_in_with;
  // Credentials of pop3_apop, for the time of the call; not the session's.
  const char *once_user;
  const char *once_password;
};

// pop3_session_now is the session's clock.
int64_t pop3_session_now(const pop3_session *session);

// pop3_session_fail makes |error| sticky, ends every operation with it and closes the connection.
void pop3_session_fail(pop3_session *session, const pop3_error *error);

// pop3_session_failf is pop3_session_fail with a text.
void pop3_session_failf(pop3_session *session, pop3_status status, const char *format, ...)
    POP3_PRINTF(3, 4);

// pop3_session_note writes to the trace at level 1.
void pop3_session_note(pop3_session *session, const char *format, ...) POP3_PRINTF(2, 3);

// pop3_session_hold and pop3_session_release enclose a call during which the session must not be
// freed; the latter frees it if that was asked for in between. Returns 1 if it is still there.
void pop3_session_hold(pop3_session *session);
// pop3_session_release: see pop3_session_hold.
int pop3_session_release(pop3_session *session);

// pop3_session_deadline returns the earliest deadline that applies now, or POP3_NO_DEADLINE, and in
// |*out_what| which it is.
typedef enum pop3_deadline {
  POP3_DEADLINE_NONE = 0,
  POP3_DEADLINE_CONNECT,
  POP3_DEADLINE_IDLE,
  POP3_DEADLINE_LOGIN,
  POP3_DEADLINE_TOTAL
} pop3_deadline;
// pop3_session_deadline: see pop3_deadline.
int64_t pop3_session_deadline(const pop3_session *session, pop3_deadline *out_what);

// pop3_deadline_after is |limit_ms| after |start_ms|; a limit far in the future does not wrap
// around into the past.
int64_t pop3_deadline_after(int64_t start_ms, int64_t limit_ms);

// pop3_session_is_waiting says whether the server owes us octets, so that its silence counts.
int pop3_session_is_waiting(const pop3_session *session);

// pop3_session_check_deadlines fails the session if one has passed.
void pop3_session_check_deadlines(pop3_session *session);

// pop3_session_gate is the engine's gate: may something readable be sent now?
pop3_status pop3_session_gate(void *arg, pop3_command command, pop3_error *err);

// pop3_session_challenge is the engine's challenge hook.
void pop3_session_challenge(void *arg, pop3_op_id op, const char *data, size_t data_len);

// pop3_login_abort ends the login that is under way, if any, with |error|.
void pop3_login_abort(pop3_session *session, const pop3_error *error);

// pop3_login_pump chooses the mechanism if that is due. Only while every transport is connected.
void pop3_login_pump(pop3_session *session);

// pop3_login_wipe forgets the credentials of the login.
void pop3_login_wipe(pop3_session *session);

// pop3_credentials_fetch and pop3_credentials_has serve pop3_auth_context; |arg| is the session.
pop3_status pop3_credentials_fetch(void *arg, pop3_credential what, const uint8_t **out_data,
                                   size_t *out_len, pop3_error *err);
// pop3_credentials_has: see pop3_credentials_fetch.
int pop3_credentials_has(void *arg, pop3_credential what);

// pop3_wait_ready waits until the greeting has come and no transport is being made.
pop3_status pop3_wait_ready(pop3_session *session, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_PRIVATE_H_
