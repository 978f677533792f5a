// The inside of a login: what it knows, and how far it has come. For the files of this folder.
#ifndef POP3_CORE_LOGIN_LOGIN_STATE_H_
#define POP3_CORE_LOGIN_LOGIN_STATE_H_

#include <pop3/capability.h>
#include <pop3/request.h>

#include "core/login/candidates.h"
#include "core/login/credentials.h"
#include "core/login/exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_login_config is what the caller demands of every login.
typedef struct p3_login_config {
  p3_credential_source source;
  const char *mechanism;  // names with commas, or NULL
  p3_candidate_rules rules;
  int allow_cleartext;
  uint32_t two_step;  // no initial response in AUTH lines
  const char *host;   // never NULL
} p3_login_config;

// p3_login_facts is how things stand. It is valid during one p3_login_next.
typedef struct p3_login_facts {
  p3_auth_list auths;
  const pop3_capabilities *capabilities;  // NULL if they are not known
  int refused_capa;                       // the server was asked for them, and refuses
  const pop3_reply *reply;                // the last status line, or NULL
  const char *timestamp;                  // for APOP, or NULL
  size_t timestamp_len;
  const char *timestamp_problem;  // or NULL
  pop3_tls_policy policy;         // the one that applies
  int is_greeted;                 // what follows is known
  int is_encrypted;
  int is_verified;
  int is_private;
  int has_tls;     // a transport of the program encrypts
  int stls_done;   // the connection was encrypted by STLS
  int is_lenient;  // POP3_QUIRK_CAPA_DAMAGE is on
  // query asks the transports: see pop3_query.
  pop3_status (*query)(const void *query_arg, uint32_t what, pop3_answer *out);
  const void *query_arg;
} p3_login_facts;

// p3_login_phase is what a login is about.
typedef enum p3_login_phase {
  P3_LOGIN_IDLE = 0,   // there is none
  P3_LOGIN_DECIDING,   // what is next is decided in the next p3_login_next
  P3_LOGIN_ASKING,     // CAPA or STLS was sent
  P3_LOGIN_EXCHANGING  // a mechanism speaks with the server
} p3_login_phase;

// p3_login_news is what was told and not acted on yet.
typedef enum p3_login_news {
  P3_LOGIN_NO_NEWS = 0,
  P3_LOGIN_RESULT,     // the last command was answered, or failed: |told|
  P3_LOGIN_CHALLENGE,  // |challenge|
  P3_LOGIN_NOT_SENT    // what was wanted could not be sent: |told|
} p3_login_news;

// p3_login_report is what is left of the last login.
typedef struct p3_login_report {
  char logged_in_with[P3_MECHANISM_MAX];  // "" if nobody has logged in
  char not_bound_why[2 * P3_WHY_MAX];     // "" unless the server refused the binding
  char *detail;  // what the server said beyond its reply (pop3_auth_context.detail), or NULL
  size_t detail_len;
} p3_login_report;

// p3_login_task is the present login, and what is left of the last one.
typedef struct p3_login_task {
  const p3_login_config *config;
  const pop3_allocator *allocator;
  const pop3_host *host;
  p3_login_phase phase;
  int is_survey;         // nothing of the exchange is sent
  int is_direct;         // the call named its mechanism, and wants no more than that
  int is_cancelling;     // "*" was sent; |told| is told when the server has answered
  int is_stopped;        // the owner has ended it from inside a plugin's function
  pop3_command command;  // of the last line
  p3_login_news news;
  pop3_auth_event last_event;  // that the mechanism has heard
  pop3_error told;
  pop3_secret challenge;
  char *asked;                  // names of mechanisms in upper case with commas, or NULL
  const p3_login_facts *facts;  // during p3_login_next
  pop3_auth_context context;
  p3_credentials credentials;
  p3_candidates candidates;
  size_t chosen;  // of the candidates
  p3_exchange exchange;
  p3_exchange_outcome outcome;
  p3_login_report report;
} p3_login_task;

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_LOGIN_STATE_H_
