// Running a session to the end of its work with something to do in between: the loop that a program
// with an event loop of its own writes (pop3_wait is the one for programs without).
#ifndef POP3_TOOLS_CLI_DRIVE_H_
#define POP3_TOOLS_CLI_DRIVE_H_

#include <pop3/session.h>

#ifdef __cplusplus
extern "C" {
#endif

// CLI_TICK_MS is how often |tick| is called at the least.
#define CLI_TICK_MS 100

// cli_drive steps |session|, whose clock must be cli_clock_ms, until nothing is pending. |tick| is
// called between steps; when it returns anything but 0 the loop ends. Returns POP3_OK, or the
// session's failure with |err| filled.
pop3_status cli_drive(pop3_session *session, int (*tick)(void *arg), void *arg, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_DRIVE_H_
