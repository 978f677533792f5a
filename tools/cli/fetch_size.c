#include "tools/cli/fetch_size.h"

#include <pop3/request.h>

// Header lines that a server keeps to itself.
#define SLACK 128

cli_fetch_size cli_fetch_size_judge(uint64_t promised, uint64_t came, uint64_t lines) {
  if (promised == came) return CLI_FETCH_SIZE_KEPT;
  if (came == 0) return CLI_FETCH_SIZE_CUT;
  if (promised == POP3_OCTETS_UNKNOWN) return CLI_FETCH_SIZE_KEPT;
  if (came > promised) return CLI_FETCH_SIZE_OTHER;
  uint64_t lacking = promised - came;
  int much = lacking > promised / 2 || (lacking > SLACK && lacking - SLACK > lines);
  return much ? CLI_FETCH_SIZE_CUT : CLI_FETCH_SIZE_OTHER;
}
