#define _POSIX_C_SOURCE 200809L
#include "tools/cli/fetch_summary.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "tools/cli/json.h"
#include "tools/cli/quit.h"
#include "tools/cli/text_format.h"

void cli_fetch_summary_tell(const cli_fetch_summary *summary) {
  const cli_fetch_run *run = summary->run;
  const cli_options *options = run->connection->options;
  if (options->verbose == 0 && !isatty(STDERR_FILENO)) return;
  char octets[CLI_TEXT_MAX];
  char time[CLI_TEXT_MAX];
  char rate[CLI_TEXT_MAX];
  int64_t ms = summary->end_ms - summary->start_ms;
  cli_format_octets(octets, run->received_octets);
  cli_format_duration(time, ms);
  cli_format_octets(rate, run->received_octets * 1000 / (uint64_t)(ms > 0 ? ms : 1));
  char large[64] = "";
  char refused[64] = "";
  char cut[64] = "";
  char gone[64] = "";
  char deleted[64] = "";
  if (run->plan->skipped > 0) {
    (void)snprintf(large, sizeof(large), ", %" PRIu64 " too large", run->plan->skipped);
  }
  if (run->refused > 0) {
    (void)snprintf(refused, sizeof(refused), ", %" PRIu64 " refused", run->refused);
  }
  if (run->cut > 0) (void)snprintf(cut, sizeof(cut), ", %" PRIu64 " not whole", run->cut);
  if (run->plan->gone > 0) {
    (void)snprintf(gone, sizeof(gone), ", %" PRIu64 " not there any more", run->plan->gone);
  }
  if (run->committed > 0) {
    (void)snprintf(deleted, sizeof(deleted), ", %" PRIu64 " deleted on the server", run->committed);
  }
  cli_report_note(&run->connection->report, "%" PRIu64 " %s, %s in %s (%s/s)%s%s%s%s%s",
                  run->stored, run->stored == 1 ? "message" : "messages", octets, time, rate, large,
                  refused, cut, gone, deleted);
}

static void member(cli_json *json, const char *key, uint64_t value) {
  cli_json_key(json, key);
  cli_json_number(json, value);
}

void cli_fetch_summary_json(const cli_fetch_summary *summary, FILE *out) {
  const cli_fetch_run *run = summary->run;
  int64_t ms = summary->end_ms - summary->start_ms;
  cli_json json;
  cli_json_init(&json, out);
  cli_json_open(&json, '{');
  member(&json, "listed", run->plan->listed);
  member(&json, "selected", run->plan->num_entries + run->plan->gone);
  member(&json, "too_large", run->plan->skipped);
  member(&json, "stored", run->stored);
  member(&json, "octets", run->received_octets);
  member(&json, "refused", run->refused);
  member(&json, "gone", run->plan->gone);
  member(&json, "size_differences", run->differences);
  member(&json, "not_whole", run->cut);
  member(&json, "listed_twice", run->plan->doubles);
  member(&json, "marked_for_deletion", run->marked);
  member(&json, "deleted", run->committed);
  cli_json_key(&json, "quit");
  if (summary->quit_was_sent) {
    const char *outcome = cli_quit_outcome_name(summary->outcome);
    cli_json_string(&json, outcome, strlen(outcome));
  } else {
    cli_json_null(&json);
  }
  member(&json, "milliseconds", ms > 0 ? (uint64_t)ms : 0);
  cli_json_close(&json, '}');
  cli_json_end(&json);
}
