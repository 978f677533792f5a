#include "tools/cli/fetch_stop.h"

void cli_fetch_stop_begin(cli_fetch_stop *stop, int64_t now_ms) {
  if (stop->has_begun) return;
  stop->has_begun = 1;
  stop->since_ms = now_ms;
  stop->octets = 0;
}

int cli_fetch_stop_is_hopeless(const cli_fetch_stop *stop, int64_t now_ms, uint64_t left) {
  return now_ms - stop->since_ms >= CLI_FETCH_STOP_MS || stop->octets > CLI_FETCH_STOP_OCTETS ||
         left > CLI_FETCH_STOP_OCTETS - stop->octets;
}
