// How long it may take to end a session in order after a signal or a failure on this side: what is
// under way is read, what is stored is deleted, QUIT commits it. But briefly.
#ifndef POP3_TOOLS_CLI_FETCH_STOP_H_
#define POP3_TOOLS_CLI_FETCH_STOP_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// CLI_FETCH_STOP_MS is how long, CLI_FETCH_STOP_OCTETS how much may be read.
#define CLI_FETCH_STOP_MS 5000
#define CLI_FETCH_STOP_OCTETS (UINT64_C(8) << 20)

// cli_fetch_stop is such an end. All zeros: it has not begun.
typedef struct cli_fetch_stop {
  int64_t since_ms;
  uint64_t octets;  // read since then
  int has_begun;
} cli_fetch_stop;

// cli_fetch_stop_begin begins it, unless that was done.
void cli_fetch_stop_begin(cli_fetch_stop *stop, int64_t now_ms);

// cli_fetch_stop_is_hopeless says whether there is no time for it any more, or too much to read:
// |left| octets are announced.
int cli_fetch_stop_is_hopeless(const cli_fetch_stop *stop, int64_t now_ms, uint64_t left);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_STOP_H_
