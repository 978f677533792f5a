// A login: CAPA if need be, STLS by the policy and CAPA again, then the exchange of a mechanism.
//
// It does no I/O and knows no session. Its owner calls pop3_login_next when pop3_login_is_due, does
// what comes out, and tells with one of the pop3_login_took functions what came of it. All
// functions of plugins and the credential callback run inside pop3_login_next, but for the end of
// an attempt.
#ifndef POP3_CORE_LOGIN_LOGIN_H_
#define POP3_CORE_LOGIN_LOGIN_H_

#include "core/login/login_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// pop3_login_act is what a login wants done.
typedef enum pop3_login_act {
  POP3_LOGIN_WAIT = 0,  // nothing, until something was told
  POP3_LOGIN_COMMAND,   // send |command|, CAPA or STLS; tell its result. After STLS: once encrypted
  POP3_LOGIN_LINE,      // send the command |line|; tell its result and challenges
  POP3_LOGIN_RESPOND,   // answer the challenge with |line|
  POP3_LOGIN_FINISHED   // it is over
} pop3_login_act;

// pop3_login_intent is what pop3_login_next returns. |line| is a plugin's, and valid until the next
// call.
typedef struct pop3_login_intent {
  pop3_login_act act;
  pop3_command command;
  const uint8_t *line;
  size_t line_len;
  size_t secret_offset;  // of |line|
  // FINISHED:
  pop3_error error;  // status POP3_OK: logged in, or surveyed
  int is_fatal;      // the server may believe that we are logged in: nothing more can be said
  int is_logged_in;
  const pop3_auth_output *output;  // of the last step, for its security layer; or NULL
} pop3_login_intent;

// pop3_login_init makes |login| idle. The rest must outlive it.
void pop3_login_init(pop3_login_task *login, const pop3_login_config *config, const pop3_host *host,
                     const pop3_allocator *allocator);

// pop3_login_cleanup wipes and frees what is the login's.
void pop3_login_cleanup(pop3_login_task *login);

// pop3_login_begin begins one with the mechanisms in |names|, which are separated by commas, or
// with those of the configuration if that is NULL. POP3_ERR_ARGUMENT, POP3_ERR_NOT_FOUND,
// POP3_ERR_MEMORY.
pop3_status pop3_login_begin(pop3_login_task *login, const char *names, int is_survey,
                             const pop3_auth_list *auths, pop3_error *err);

// pop3_login_is_active says whether there is one.
int pop3_login_is_active(const pop3_login_task *login);

// pop3_login_is_due says whether pop3_login_next has something to do.
int pop3_login_is_due(const pop3_login_task *login);

// pop3_login_next decides what is next. Behind STLS, only once the connection is encrypted.
void pop3_login_next(pop3_login_task *login, const pop3_login_facts *facts, pop3_login_intent *out);

// pop3_login_took_result tells how the last command ended. |error| is NULL on success; it is
// copied.
void pop3_login_took_result(pop3_login_task *login, const pop3_error *error);

// pop3_login_took_challenge tells what the server wants answered. Copied. Returns 0 if the login
// has cancelled the exchange: answer with "*".
int pop3_login_took_challenge(pop3_login_task *login, const char *data, size_t data_len);

// pop3_login_not_sent tells why a LINE or a response could not be sent.
void pop3_login_not_sent(pop3_login_task *login, const pop3_error *error);

// pop3_login_reason returns why the login ends if the connection does with |error|: what made it
// cancel an exchange, or |error|.
const pop3_error *pop3_login_reason(const pop3_login_task *login, const pop3_error *error);

// pop3_login_stop has a pop3_login_next that is on the stack return without doing more.
void pop3_login_stop(pop3_login_task *login);

// pop3_login_end makes the login idle: the attempt is ended, credentials are wiped. |status| is how
// it ended.
void pop3_login_end(pop3_login_task *login, pop3_status status);

// pop3_login_hides_password says whether the mechanism that speaks with the server shows nothing
// readable.
int pop3_login_hides_password(const pop3_login_task *login);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_LOGIN_H_
