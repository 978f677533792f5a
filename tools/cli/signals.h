// Signals: Ctrl-C ends the session, then the program, and nothing is left half-done.
#ifndef POP3_TOOLS_CLI_SIGNALS_H_
#define POP3_TOOLS_CLI_SIGNALS_H_

#include <pop3/session.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_signals_install catches SIGINT, SIGTERM and SIGHUP (unless they are ignored) and ignores
// SIGPIPE and SIGXFSZ, whose errors are seen at the write. A second signal ends the program at
// once, unless cli_signals_spare says otherwise.
void cli_signals_install(void);

// cli_signals_watch names the session that a signal cancels, NULL for none.
void cli_signals_watch(pop3_session *session);

// cli_signals_spare with 1 leaves the session alone at the first signal, so that what is under way
// can be brought to an end: it only shows in cli_signals_caught. The second cancels the session
// then, and the third ends the program. With 0 it is as before; a session that was spared is
// cancelled.
void cli_signals_spare(int spare);

// cli_signals_caught returns the number of the signal that came, or 0.
int cli_signals_caught(void);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_SIGNALS_H_
