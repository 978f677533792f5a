// The session's inside, shared by the session_*.c files.
#ifndef POP3_CORE_SESSION_SESSION_PRIVATE_H_
#define POP3_CORE_SESSION_SESSION_PRIVATE_H_

#include <pop3/security.h>
#include <pop3/session.h>
#include <pop3/spi/auth.h>

#include "core/channel/layers.h"
#include "core/engine/engine.h"
#include "core/session/wait_poll.h"

#ifdef __cplusplus
extern "C" {
#endif

#define POP3_NUM_CREDENTIALS (POP3_CREDENTIAL_REALM + 1)

// POP3_LOGIN_OP marks operation ids of logins, which are the session's and not the engine's.
#define POP3_LOGIN_OP (UINT64_C(1) << 63)

// POP3_MECHANISM_MAX is the longest name of a mechanism with its NUL: 20 octets (RFC 4422), and
// some mercy.
#define POP3_MECHANISM_MAX 32
// POP3_WHY_MAX is the longest reason with its NUL.
#define POP3_WHY_MAX 128
// POP3_OFFERS_MAX is how many mechanisms of families a login looks at; no server offers so many.
#define POP3_OFFERS_MAX 96
// POP3_CANDIDATES_MAX is how many it looks at in all.
#define POP3_CANDIDATES_MAX 256

// POP3_PLUS is how the names of mechanisms with channel binding end (RFC 5801 section 3.1).
#define POP3_PLUS "-PLUS"
// POP3_PLUS_LEN is its length.
#define POP3_PLUS_LEN (sizeof(POP3_PLUS) - 1)

// pop3_choice is a mechanism that a login looked at.
typedef struct pop3_choice {
  const pop3_auth_ops *ops;
  int points;
  int by_name;  // it was asked for by its name
  int policy;   // only the open channel speaks against it
  pop3_candidate_state state;
  char mechanism[POP3_MECHANISM_MAX];
  char why[POP3_WHY_MAX];
} pop3_choice;

// pop3_login_task is the login that is under way: CAPA if need be, STLS by the policy and CAPA
// again, then the exchange of one mechanism.
typedef struct pop3_login_task {
  int active;
  int choosing;    // what is next is decided in the next step
  int survey;      // nothing is sent of the exchange
  int asked_capa;  // since the connection is as it is now
  int cancelling;  // "*" was sent; |error| is told when the server has answered
  pop3_op_id id;
  pop3_op_id op;         // the engine's operation that is awaited, or 0
  pop3_command command;  // of the last line
  pop3_sink sink;
  pop3_watch *watch;
  const pop3_auth_ops *judged;  // a family that may make offers now, or NULL
  const pop3_auth_ops *ops;     // NULL until chosen
  size_t chosen;                // of the session's choices, while |ops| is set
  void *self;                   // NULL until begun
  pop3_auth_context context;
  char *asked;  // names of mechanisms in upper case with commas, or NULL
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
  pop3_option *options;
  size_t num_options;  // there is room for one more
  char *user;
  pop3_secret password;
  char *mechanism;
  pop3_secret token;
  pop3_credential_fn credential;
  void *credential_arg;
  int64_t connect_ms;
  int64_t idle_ms;
  int64_t login_ms;
  int64_t total_ms;
  int allow_cleartext;
  pop3_tls_policy tls;
  uint32_t credential_kinds;
  uint32_t auth_floor;
  uint32_t auth_two_step;
  pop3_channel_binding channel_binding;
  uint32_t port;
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
  pop3_error first_failure;   // of the connection before, if |is_second|
  pop3_transport_ops pushed;  // a security layer of a mechanism
  int has_pushed;
  int is_second;  // the connection was made anew (session_again.c)
  const pop3_option *pushed_options;
  size_t num_pushed_options;
  void (*release_pushed)(const pop3_option *options, size_t num_options);  // or NULL
  int pushing_tls;                                                         // behind STLS
  pop3_stls_state stls;
  uint64_t clear_capabilities;  // a digest of those before STLS, 0 if they were not asked
  uint32_t read_wants;          // POP3_WAIT_* that the last read waits for
  uint32_t write_wants;         // likewise the last write or connect
  int write_failed;             // |write_error| is told once the server's last words are read
  pop3_error write_error;
  int64_t start_ms;
  int64_t connect_start_ms;  // when connect_ms began to count
  int64_t progress_ms;       // when octets last moved, or the server began to owe us some
  int waiting;               // the last step ended with the server owing us octets
  int hot;                   // there is more to do at once
  int touched;               // something was submitted, resumed or cancelled since the last step
  int cancelled;             // set by pop3_cancel; read and written atomically
  pop3_waker waker;

  int stepping;  // inside pop3_step
  int held;      // > 0: a call is under way that must find the session alive
  int free_requested;
  pop3_watch watch;  // of the wait that is under way; there is one at a time

  pop3_login_task login;
  uint64_t num_logins;
  uint32_t num_refused;  // logins that the server refused
  char *logged_in_with;
  pop3_choice *choices;  // of the last login or survey
  size_t num_choices;
  size_t choices_cap;
  char *detail;  // see pop3_auth_context
  size_t detail_len;
  char not_bound_why[2 * POP3_WHY_MAX];  // "" unless the server refused the binding
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

// --- session_again.c

// pop3_session_again gives the connection up whose top transport has just failed to connect, for
// one new connection, if that transport knows what may help and nothing is lost by it. Returns 1,
// and every transport is to be pushed again; 0 if the failure is the end.
int pop3_session_again(pop3_session *session, const pop3_error *failure);

// --- session_step.c

// pop3_session_announce tells trace and audit hook where the session is about to connect. The hook
// may end it.
void pop3_session_announce(pop3_session *session);

// --- session_security.c

// pop3_session_policy is the TLS policy that applies: never POP3_TLS_DEFAULT once connected.
pop3_tls_policy pop3_session_policy(const pop3_session *session);

// pop3_session_is_encrypted says whether the channel is, with the peer verified as demanded.
int pop3_session_is_encrypted(const pop3_session *session);

// pop3_session_is_verified says whether TLS has proved who the server is.
int pop3_session_is_verified(const pop3_session *session);

// pop3_session_see_stls remembers what the capabilities in the clear say. Before STLS is sent.
void pop3_session_see_stls(pop3_session *session);

// pop3_session_gate is the engine's gate: may this login command go out now?
pop3_status pop3_session_gate(void *arg, pop3_command command, pop3_error *err);

// --- session_damage.c

// POP3_DAMAGE_MAX is the room for what is said of a damaged CAPA.
#define POP3_DAMAGE_MAX 256

// pop3_session_is_damaged says whether lines of CAPA had to be left out.
int pop3_session_is_damaged(const pop3_session *session);

// pop3_session_damage writes to |out| which ones, what is wrong with them and what helps, or "".
// Returns |out|.
const char *pop3_session_damage(const pop3_session *session, char out[POP3_DAMAGE_MAX]);

// pop3_session_check_damage is for a login that is about to go on without STLS because CAPA does
// not have it: POP3_ERR_POLICY if it may be among what is damaged, and others can read along.
pop3_status pop3_session_check_damage(const pop3_session *session, pop3_error *err);

// pop3_session_hides_mechanisms says whether the damage may have taken the choice from this login
// that hides the password.
int pop3_session_hides_mechanisms(const pop3_session *session);

// --- session_choice.c

// pop3_choice_make fills the session's choices: what each mechanism is worth here. Plugins are
// called, so the login may be over when it returns.
void pop3_choice_make(pop3_session *session);

// pop3_choice_best returns the index of the strongest usable one, or SIZE_MAX if there is none.
size_t pop3_choice_best(const pop3_session *session);

// pop3_choice_reasons lists the unusable ones and why; |*out_policy| is set if the open channel
// alone speaks against one.
void pop3_choice_reasons(const pop3_session *session, char *out, size_t cap, int *out_policy);

// pop3_choice_fail says in |err| why none is usable.
void pop3_choice_fail(const pop3_session *session, pop3_error *err);

// pop3_choice_is_plus says whether |choice| is a mechanism with channel binding by its
// name, usable or not.
int pop3_choice_is_plus(const pop3_choice *choice);

// pop3_choice_check says whether the registry could play every mechanism that is named in |names|,
// so that no server is asked in vain.
pop3_status pop3_choice_check(const pop3_session *session, const char *names, pop3_error *err);

// pop3_choice_name takes the |index|-th of |names|, which are separated by commas. Returns 0 if
// there are fewer, -1 if it is none, else 1.
int pop3_choice_name(const char *names, size_t index, char out[POP3_MECHANISM_MAX]);

// --- session_exchange.c

// pop3_exchange_begin begins the exchange of the choice |index|.
void pop3_exchange_begin(pop3_session *session, size_t index);

// pop3_session_challenge is the engine's challenge hook.
void pop3_session_challenge(void *arg, pop3_op_id op, const char *data, size_t data_len);

// pop3_session_release_layer tells the mechanism, once, that the options of its security layer are
// no longer needed.
void pop3_session_release_layer(pop3_session *session);

// --- session_refusal.c

// pop3_login_refused is for a server that said no to a mechanism: goes on with the next of those
// that the caller named, or with the same mechanism without channel binding, or ends the login.
void pop3_login_refused(pop3_session *session, const pop3_error *refusal);

// --- session_login.c

// pop3_login_finish tells the caller. |error| is NULL on success.
void pop3_login_finish(pop3_session *session, const pop3_error *error);

// pop3_login_ended stands behind each call into a plugin. Returns 1 if the login was ended
// meanwhile, and does so now.
int pop3_login_ended(pop3_session *session);

// pop3_login_abort ends the login that is under way, if any, with |error|.
void pop3_login_abort(pop3_session *session, const pop3_error *error);

// pop3_login_pump decides what is next if that is due. Only while every transport is connected.
void pop3_login_pump(pop3_session *session);

// pop3_login_wipe forgets the attempt and the credentials of the login.
void pop3_login_wipe(pop3_session *session);

// --- session_credential.c

// pop3_credentials_fetch, _renew and _has serve pop3_auth_context; |arg| is the session.
pop3_status pop3_credentials_fetch(void *arg, pop3_credential what, const uint8_t **out_data,
                                   size_t *out_len, pop3_error *err);
// pop3_credentials_renew: see pop3_credentials_fetch.
pop3_status pop3_credentials_renew(void *arg, pop3_credential what, const uint8_t **out_data,
                                   size_t *out_len, pop3_error *err);
// pop3_credentials_has: see pop3_credentials_fetch.
int pop3_credentials_has(void *arg, pop3_credential what);

// --- session_wait.c

// pop3_wait_ready waits until the greeting has come and no transport is being made.
pop3_status pop3_wait_ready(pop3_session *session, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_SESSION_PRIVATE_H_
