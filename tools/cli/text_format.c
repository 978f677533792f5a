#include "tools/cli/text_format.h"

#include <inttypes.h>
#include <stdio.h>

void cli_format_octets(char out[CLI_TEXT_MAX], uint64_t octets) {
  static const char *const kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (octets < 1000) {
    (void)snprintf(out, CLI_TEXT_MAX, "%" PRIu64 " B", octets);
    return;
  }
  size_t unit = 0;
  double value = (double)octets;
  // 999.95 would be shown as 1000.0.
  while (value >= 999.95 && unit + 1 < sizeof(kUnits) / sizeof(kUnits[0])) {
    value /= 1000;
    unit++;
  }
  (void)snprintf(out, CLI_TEXT_MAX, "%.1f %s", value, kUnits[unit]);
}

void cli_format_duration(char out[CLI_TEXT_MAX], int64_t ms) {
  if (ms < 0) ms = 0;
  int64_t seconds = (ms + 500) / 1000;
  if (ms < 9950) {
    (void)snprintf(out, CLI_TEXT_MAX, "%.1f s", (double)ms / 1000);
  } else if (seconds < 60) {
    (void)snprintf(out, CLI_TEXT_MAX, "%" PRId64 " s", seconds);
  } else if (seconds < 3600) {
    (void)snprintf(out, CLI_TEXT_MAX, "%" PRId64 ":%02" PRId64, seconds / 60, seconds % 60);
  } else {
    (void)snprintf(out, CLI_TEXT_MAX, "%" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600,
                   seconds / 60 % 60, seconds % 60);
  }
}
