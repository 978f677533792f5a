// How long this program waits for what is not the server: a command, a file, a person. The limits
// are those of the session, which cannot look at its clock while it waits for a credential.
#ifndef POP3_TOOLS_CLI_PATIENCE_H_
#define POP3_TOOLS_CLI_PATIENCE_H_

#include <pop3/status.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_limit names a limit.
typedef enum cli_limit {
  CLI_LIMIT_CONNECT,
  CLI_LIMIT_LOGIN,
  CLI_LIMIT_TOTAL,
  CLI_LIMITS
} cli_limit;

// cli_patience is how long each of them is, and when those that run end. All zeros: none runs.
typedef struct cli_patience {
  int64_t limit_ms[CLI_LIMITS];     // POP3_NO_TIMEOUT or 0: none
  int64_t deadline_ms[CLI_LIMITS];  // by cli_clock_ms; 0: does not run
} cli_patience;

// CLI_PATIENCE_SLICE_MS is how long a wait lasts before it looks up: a signal that came just before
// it went to sleep is noticed after this long.
#define CLI_PATIENCE_SLICE_MS 100

// cli_patience_start has |limit| begin now, unless it runs already.
void cli_patience_start(cli_patience *patience, cli_limit limit);

// cli_patience_stop ends it.
void cli_patience_stop(cli_patience *patience, cli_limit limit);

// cli_patience_check returns POP3_OK as long as there is one, POP3_ERR_CANCELLED once a signal was
// caught, POP3_ERR_TIMEOUT when a limit is over. |what| is how the sentence begins: "PATH did not
// end".
pop3_status cli_patience_check(const cli_patience *patience, const char *what, pop3_error *err);

// cli_patience_slice returns for how many milliseconds to sleep before the next check: |most| or
// less.
int cli_patience_slice(const cli_patience *patience, int most);

// cli_patience_wait waits until |fd| can be read, is at its end or in error. Fails as
// cli_patience_check does, or with POP3_ERR_SYSTEM.
pop3_status cli_patience_wait(const cli_patience *patience, int fd, const char *what,
                              pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_PATIENCE_H_
