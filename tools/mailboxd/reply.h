// How the commands of a session answer.
#ifndef TOOLS_MAILBOXD_REPLY_H_
#define TOOLS_MAILBOXD_REPLY_H_

#include "tools/mailboxd/session_state.h"
#include "tools/mailboxd/texts.h"

#ifdef __cplusplus
extern "C" {
#endif

// result is what a handler says about the command.
enum result {
  RESULT_OK,       // done, or begun
  RESULT_REFUSED,  // a good command that could not be carried out
  RESULT_BAD,      // a command that counts against the client
  RESULT_QUIT,     // the session is over
  RESULT_STLS,     // TLS is to begin, if nothing has come behind the command
  RESULT_BROKEN    // it cannot go on
};

// reply_ok queues +OK and a text, and returns RESULT_OK.
enum result reply_ok(struct session *s, enum text text);

// reply_error queues -ERR, a response code (as "IN-USE", or NULL) and a text; returns
// RESULT_REFUSED.
enum result reply_error(struct session *s, const char *code, enum text text);

// reply_bad is reply_error for a command that counts as bad; returns RESULT_BAD.
enum result reply_bad(struct session *s, const char *code, enum text text);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_REPLY_H_
