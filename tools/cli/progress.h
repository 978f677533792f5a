// The progress bar of `pop3 fetch`: one line on a terminal, rewritten ten times a second at most.
#ifndef POP3_TOOLS_CLI_PROGRESS_H_
#define POP3_TOOLS_CLI_PROGRESS_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// CLI_PROGRESS_MAX is the longest line that is drawn, with its NUL, however wide the window.
#define CLI_PROGRESS_MAX 256

// cli_progress_facts is what there is to show.
typedef struct cli_progress_facts {
  uint64_t messages;      // done
  uint64_t all_messages;  // to do in all
  uint64_t octets;        // received
  uint64_t all_octets;    // expected in all; 0 if not known
  double rate;            // octets per second of late; 0 if not known yet
} cli_progress_facts;

// cli_progress_format writes the line for |facts| to |out|, without a line end, at most |columns|
// - 1 characters (a terminal may wrap at the last column). What does not fit is left out, the least
// important first.
void cli_progress_format(char out[CLI_PROGRESS_MAX], int columns, const cli_progress_facts *facts);

// cli_progress draws on a terminal.
typedef struct cli_progress {
  int fd;  // of the terminal, or -1: draw nothing
  int shown;
  int64_t last_ms;         // of the last drawing
  int64_t sample_ms;       // of the last sample of the rate
  uint64_t sample_octets;  // at that time
  double rate;
} cli_progress;

// cli_progress_init prepares to draw on |fd|, if that is a terminal that can be rewritten;
// otherwise all that follows does nothing. |now_ms| is cli_clock_ms's.
void cli_progress_init(cli_progress *progress, int fd, int64_t now_ms);

// cli_progress_update draws |facts| (its |rate| is filled in) unless it was drawn a moment ago.
void cli_progress_update(cli_progress *progress, cli_progress_facts *facts, int64_t now_ms);

// cli_progress_clear removes the line, so that something else can be written.
void cli_progress_clear(cli_progress *progress);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_PROGRESS_H_
