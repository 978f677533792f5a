// A login: CAPA if need be, STLS by the policy and CAPA again, then the exchange of a mechanism.
//
// It does no I/O and knows no session. Its owner calls p3_login_next when p3_login_is_due, does
// what comes out, and tells with one of the p3_login_took functions what came of it. All
// functions of plugins and the credential callback run inside p3_login_next, but for the end of
// an attempt.
#ifndef POP3_CORE_LOGIN_LOGIN_H_
#define POP3_CORE_LOGIN_LOGIN_H_

#include "core/login/login_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_login_act is what a login wants done.
typedef enum p3_login_act {
  P3_LOGIN_WAIT = 0,  // nothing, until something was told
  P3_LOGIN_COMMAND,   // send |command|, CAPA or STLS; tell its result. After STLS: once encrypted
  P3_LOGIN_LINE,      // send the command |line|; tell its result and challenges
  P3_LOGIN_RESPOND,   // answer the challenge with |line|
  P3_LOGIN_FINISHED   // it is over
} p3_login_act;

// p3_login_intent is what p3_login_next returns. |line| is a plugin's, and valid until the next
// call.
typedef struct p3_login_intent {
  p3_login_act act;
  pop3_command command;
  const uint8_t *line;
  size_t line_len;
  size_t secret_offset;  // of |line|
  // FINISHED:
  pop3_error error;  // status POP3_OK: logged in, or surveyed
  int is_fatal;      // the server may believe that we are logged in: nothing more can be said
  int is_logged_in;
  const pop3_auth_output *output;  // of the last step, for its security layer; or NULL
} p3_login_intent;

// p3_login_init makes |login| idle. The rest must outlive it.
void p3_login_init(p3_login_task *login, const p3_login_config *config, const pop3_host *host,
                   const pop3_allocator *allocator);

// p3_login_cleanup wipes and frees what is the login's.
void p3_login_cleanup(p3_login_task *login);

// p3_login_begin begins one with the mechanisms in |names|, which are separated by commas, or
// with those of the configuration if that is NULL, for |who| or, if that is NULL, for the user of
// the configuration. POP3_ERR_ARGUMENT, POP3_ERR_NOT_FOUND, POP3_ERR_MEMORY: then there is none.
pop3_status p3_login_begin(p3_login_task *login, const char *names, const pop3_identity *who,
                           int is_survey, const p3_auth_list *auths, pop3_error *err);

// p3_login_is_active says whether there is one.
int p3_login_is_active(const p3_login_task *login);

// p3_login_is_due says whether p3_login_next has something to do.
int p3_login_is_due(const p3_login_task *login);

// p3_login_next decides what is next. Behind STLS, only once the connection is encrypted.
void p3_login_next(p3_login_task *login, const p3_login_facts *facts, p3_login_intent *out);

// p3_login_took_result tells how the last command ended. |error| is NULL on success; it is
// copied.
void p3_login_took_result(p3_login_task *login, const pop3_error *error);

// p3_login_took_challenge tells what the server wants answered. Copied. Returns 0 if the login
// has cancelled the exchange: answer with "*".
int p3_login_took_challenge(p3_login_task *login, const char *data, size_t data_len);

// p3_login_not_sent tells why a LINE or a response could not be sent.
void p3_login_not_sent(p3_login_task *login, const pop3_error *error);

// p3_login_reason returns why the login ends if the connection does with |error|: what made it
// cancel an exchange, or |error|.
const pop3_error *p3_login_reason(const p3_login_task *login, const pop3_error *error);

// p3_login_stop has a p3_login_next that is on the stack return without doing more.
void p3_login_stop(p3_login_task *login);

// p3_login_end makes the login idle: the attempt is ended, credentials are wiped. |status| is how
// it ended.
void p3_login_end(p3_login_task *login, pop3_status status);

// p3_login_hides_password says whether the mechanism that speaks with the server shows nothing
// readable.
int p3_login_hides_password(const p3_login_task *login);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_LOGIN_H_
