// The one clock of `pop3`: the session uses it too, so that their times can be compared.
#ifndef POP3_TOOLS_CLI_CLOCK_H_
#define POP3_TOOLS_CLI_CLOCK_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_clock_ms returns milliseconds of the monotonic clock. |arg| is ignored (it makes the function
// a pop3_session_options.clock_ms).
int64_t cli_clock_ms(void *arg);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_CLOCK_H_
