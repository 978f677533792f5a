// The session: an engine, the transports below it, deadlines and the login.
//
// There is one code path for programs that block and programs with an event loop: pop3_wait is a
// loop over pop3_step. A session is used by one thread at a time; only pop3_session_cancel may be
// called from another.
#ifndef POP3_SESSION_H_
#define POP3_SESSION_H_

#include <pop3/allocator.h>
#include <pop3/credential.h>
#include <pop3/engine.h>
#include <pop3/interest.h>
#include <pop3/limits.h>
#include <pop3/option.h>
#include <pop3/policy.h>
#include <pop3/query.h>
#include <pop3/registry.h>
#include <pop3/request.h>
#include <pop3/size.h>
#include <pop3/status.h>
#include <pop3/trace.h>
#include <pop3/url.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_session is one connection to one server with one identity. It is never reused for another.
typedef struct pop3_session pop3_session;

// POP3_NO_TIMEOUT as a time limit means none. (0 is refused, as in poplib.)
#define POP3_NO_TIMEOUT INT64_C(-1)

// pop3_session_options configures a session. Start from POP3_SESSION_OPTIONS_INIT. Strings are
// copied (passwords into wiped memory); callback arguments must outlive the session.
typedef struct pop3_session_options {
  uint32_t size;                  // sizeof(pop3_session_options)
  uint32_t quirks;                // POP3_QUIRK_BIT()s to allow
  const char *const *transports;  // names from the bottom up: {"tcp"}, {"unix"}, {"tcp", "tls"}
  size_t num_transports;
  const char *host;            // name, address or socket path; what TLS verifies
  uint32_t port;               // TCP: 1 .. 65535
  uint32_t debug_level;        // 0, 1, 2
  const pop3_option *options;  // for the transports: {"tcp.source_address", "192.0.2.7"}, ...
  size_t num_options;          // one that names no transport of the registry is refused
  const char *user;            // or NULL
  const char *password;        // or NULL
  const char *mechanism;       // for pop3_login: this one only ("apop"), or several with commas:
                               // the strongest first, the next if the server refuses one; or NULL
  pop3_credential_fn credential;  // asked for what is not given above; or NULL
  void *credential_arg;
  int64_t connect_ms;  // to reach the greeting, name look-up included; default 30 s
  int64_t idle_ms;     // without an octet sent or received while a reply is due; default 60 s
  int64_t login_ms;    // for a whole login, including a connect that it has to make; default 180 s
  int64_t total_ms;    // for the whole session; default POP3_NO_TIMEOUT
  uint32_t allow_cleartext;  // 1: passwords may cross a channel that others can read
  pop3_pipelining pipelining;
  const pop3_allocator *allocator;  // or NULL
  const pop3_limits *limits;        // or NULL
  pop3_trace_fn trace;              // or NULL: stderr
  void *trace_arg;
  pop3_audit_fn audit;  // or NULL
  void *audit_arg;
  int64_t (*clock_ms)(void *arg);  // or NULL: the monotonic clock; for tests
  void *clock_arg;
  pop3_tls_policy tls;
  uint32_t credential_kinds;  // POP3_CREDENTIAL_BIT()s that |credential| can be asked for; 0 stands
                              // for user name and password
  const char *token;          // an OAuth 2 access token, or NULL
  uint32_t auth_floor;        // weaker mechanisms (see pop3_auth_ops.score) are not used
  uint32_t auth_two_step;     // 1: no initial response in AUTH lines, for servers that want it so
  pop3_channel_binding channel_binding;  // of logins to the TLS channel (RFC 5056)
  uint32_t reserved;
  void *user_data;      // the caller's own: see pop3_session_user_data
  const char *authzid;  // whom to act as, if not |user|: see pop3_identity; or NULL
  const char *realm;    // DIGEST-MD5: of several that the server has; or NULL
} pop3_session_options;

// POP3_SESSION_OPTIONS_INIT stands for the defaults.
#define POP3_SESSION_OPTIONS_INIT                                                               \
  {                                                                                             \
    POP3_SIZEOF(pop3_session_options), 0, NULL, 0, NULL, 0, 0, NULL, 0, NULL, NULL, NULL, NULL, \
        NULL, 30000, 60000, 180000, POP3_NO_TIMEOUT, 0, POP3_PIPELINING_AUTO, NULL, NULL, NULL, \
        NULL, NULL, NULL, NULL, NULL, POP3_TLS_DEFAULT, 0, NULL, 0, 0,                          \
        POP3_CHANNEL_BINDING_PREFER, 0, NULL, NULL, NULL                                        \
  }

// pop3_session_options_init is POP3_SESSION_OPTIONS_INIT for languages without macros. |size| is
// how large the caller's struct is: nothing is written behind it.
void pop3_session_options_init(pop3_session_options *options, size_t size);

// pop3_session_new makes a session. It does not connect yet. |registry| must outlive it.
pop3_status pop3_session_new(pop3_session **out, const pop3_registry *registry,
                             const pop3_session_options *options, pop3_error *err);

// pop3_session_new_url makes a session for |url|, which overrides host, port, user and password of
// |options| (may be NULL) where it has them. Where |options| names no transports it is "tcp", or
// "unix"; behind a proxy name {"tcp", "socks5"}. A pop3s:// URL adds "tls" on top, unless one of
// them encrypts. A URL with an authentication type restricts pop3_login to it.
pop3_status pop3_session_new_url(pop3_session **out, const pop3_registry *registry,
                                 const pop3_url *url, const pop3_session_options *options,
                                 pop3_error *err);

// pop3_session_set_option sets an option of a transport, or replaces the one of the same name: a
// client certificate for the STLS that comes next, say. Name and text are copied, and the copy of a
// text is wiped when it is freed; the plugin says how long |object| must live. A transport reads
// its options when it is made. So the setting counts for those that are made from then on: by a
// connect that has not happened yet, by pop3_stls, by the STLS of a login. Only then the transport
// says whether it knows the setting. POP3_ERR_ARGUMENT: |option| names no transport of the
// registry. POP3_ERR_STATE: its transport was made already, or the call comes from inside the
// making of one. After a failure the options are as before.
pop3_status pop3_session_set_option(pop3_session *session, const pop3_option *option,
                                    pop3_error *err);

// pop3_time_limits is how long a session waits, in milliseconds; POP3_NO_TIMEOUT is none. Start
// from POP3_TIME_LIMITS_INIT.
typedef struct pop3_time_limits {
  uint32_t size;  // sizeof(pop3_time_limits)
  uint32_t reserved;
  int64_t connect_ms;  // each of them as in pop3_session_options
  int64_t idle_ms;
  int64_t login_ms;
  int64_t total_ms;
} pop3_time_limits;

// POP3_TIME_LIMITS_INIT has the limits of POP3_SESSION_OPTIONS_INIT.
#define POP3_TIME_LIMITS_INIT \
  { POP3_SIZEOF(pop3_time_limits), 0, 30000, 60000, 180000, POP3_NO_TIMEOUT }

// pop3_time_limits_init is POP3_TIME_LIMITS_INIT for languages without macros. |size| is how large
// the caller's struct is: nothing is written behind it.
void pop3_time_limits_init(pop3_time_limits *limits, size_t size);

// pop3_session_time_limits tells the limits as they are now. |out|, which was made by
// POP3_TIME_LIMITS_INIT, is filled as far as out->size says.
void pop3_session_time_limits(const pop3_session *session, pop3_time_limits *out);

// pop3_session_set_time_limits changes them. To change one, ask with pop3_session_time_limits
// first. Limits behind limits->size stay as they are. The new ones count at once, from the same
// moments as the old: an |idle_ms| that is shorter than the silence so far ends the session in the
// next step. An event loop asks pop3_session_interest anew. POP3_ERR_ARGUMENT if one is 0, or
// negative and not POP3_NO_TIMEOUT, or |limits| lacks its size: then none has changed.
pop3_status pop3_session_set_time_limits(pop3_session *session, const pop3_time_limits *limits,
                                         pop3_error *err);

// pop3_session_free closes the connection without QUIT, ends every operation with
// POP3_ERR_CANCELLED, wipes secrets and frees |session|, which may be NULL. Never touches the
// network beyond close. Inside a callback it is put off until the call under way returns.
void pop3_session_free(pop3_session *session);

// pop3_submit queues a command; see pop3_engine_submit. The connection is made by pop3_step.
pop3_status pop3_submit(pop3_session *session, const pop3_request *request, const pop3_sink *sink,
                        pop3_op_id *out_id, pop3_error *err);

// pop3_step_result is how a step ended.
typedef enum pop3_step_result {
  POP3_STEP_IDLE = 0,  // nothing is due: no operation waits
  POP3_STEP_AGAIN,     // wait for pop3_session_interest, then step again
  POP3_STEP_CLOSED,    // the session ended in order (QUIT was answered, or pop3_close)
  POP3_STEP_FAILED     // see pop3_session_error
} pop3_step_result;

// pop3_step does all that can be done without blocking: connects, sends, receives, runs callbacks,
// checks deadlines.
pop3_step_result pop3_step(pop3_session *session);

// pop3_session_interest tells what to wait for before the next step. An idle session waits for
// reading, so that a server that hangs up is noticed. |out|, which was made by POP3_INTEREST_INIT,
// is filled as far as out->size says.
void pop3_session_interest(const pop3_session *session, pop3_interest *out);

// pop3_interest_init is POP3_INTEREST_INIT for languages without macros. |size| is how large the
// caller's struct is: nothing is written behind it.
void pop3_interest_init(pop3_interest *interest, size_t size);

// pop3_wait steps until |op| is done, blocking in between. |timeout_ms| is a time limit in
// milliseconds from now, or POP3_NO_TIMEOUT; when it passes the operation is cancelled and
// POP3_ERR_TIMEOUT returned, the session living on. |op| 0 waits until nothing is pending. Returns
// the operation's status.
pop3_status pop3_wait(pop3_session *session, pop3_op_id op, int64_t timeout_ms, pop3_error *err);

// pop3_resume goes on after POP3_SINK_PAUSE; the work is done by the next pop3_step.
void pop3_resume(pop3_session *session);

// pop3_cancel_op ends one operation with POP3_ERR_CANCELLED; the session lives on. See
// pop3_engine_cancel.
pop3_status pop3_cancel_op(pop3_session *session, pop3_op_id op, pop3_error *err);

// pop3_session_cancel ends the whole session: the next step, or the wait that is under way in
// another thread, fails with POP3_ERR_CANCELLED. The only function that may be called from another
// thread; safe in signal handlers too.
void pop3_session_cancel(pop3_session *session);

// pop3_session_error returns the sticky failure of the session, or NULL.
const pop3_error *pop3_session_error(const pop3_session *session);

// pop3_session_reply returns the status line of the operation that ended last, or NULL. Valid until
// the next operation ends.
const pop3_reply *pop3_session_reply(const pop3_session *session);

// pop3_session_capabilities returns what the server said last that it can do, or NULL if it was not
// asked, refused to say, or has become encrypted since. Valid until the next CAPA or STLS.
const pop3_capabilities *pop3_session_capabilities(const pop3_session *session);

// pop3_session_quirks returns which leniencies were needed so far. Valid as long as the session.
const pop3_quirks *pop3_session_quirks(const pop3_session *session);

// pop3_session_user_data returns what pop3_session_options.user_data was, or was set to since.
void *pop3_session_user_data(const pop3_session *session);

// pop3_session_set_user_data changes it.
void pop3_session_set_user_data(pop3_session *session, void *user_data);

// pop3_session_engine returns the engine inside, for its read-only functions: timestamp, pending,
// in_flight.
const pop3_engine *pop3_session_engine(const pop3_session *session);

// pop3_session_query asks the transports; see pop3_query. POP3_ERR_UNSUPPORTED if none answers;
// POP3_ERR_ARGUMENT if |out| does not have its size (start from POP3_ANSWER_INIT).
pop3_status pop3_session_query(const pop3_session *session, uint32_t what, pop3_answer *out);

// pop3_answer_init is POP3_ANSWER_INIT for languages without macros. |size| is how large the
// caller's struct is: nothing is written behind it.
void pop3_answer_init(pop3_answer *answer, size_t size);

// pop3_session_is_private says whether a password may cross the channel as it is now: loopback,
// Unix socket, or encrypted and verified.
int pop3_session_is_private(const pop3_session *session);

// pop3_set_debuglevel changes the debug level: 0 silent, 1 commands and replies, 2 every line.
void pop3_set_debuglevel(pop3_session *session, uint32_t level);

// pop3_submit_login starts a login as pop3_login does; |done| and |arg| of |sink| are used, its
// result has the command of the mechanism's last line. |mechanism| NULL: the strongest usable one.
pop3_status pop3_submit_login(pop3_session *session, const char *mechanism, const pop3_sink *sink,
                              pop3_op_id *out_id, pop3_error *err);

// pop3_submit_login_as is pop3_submit_login for |who|, for this login only: see pop3_auth_as. |who|
// is copied; the copy is wiped when the login ends, before |done| is called.
pop3_status pop3_submit_login_as(pop3_session *session, const char *mechanism,
                                 const pop3_identity *who, const pop3_sink *sink,
                                 pop3_op_id *out_id, pop3_error *err);

// pop3_session_mechanism returns the name of the mechanism that logged in, or NULL.
const char *pop3_session_mechanism(const pop3_session *session);

// pop3_submit_survey does what pop3_submit_login does up to the choice of a mechanism, then stops:
// CAPA, STLS if the policy requires it, CAPA again, and the score of each mechanism. It sends no
// credentials. pop3_session_security and pop3_session_candidate return the result.
pop3_status pop3_submit_survey(pop3_session *session, const char *mechanism, const pop3_sink *sink,
                               pop3_op_id *out_id, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_SESSION_H_
