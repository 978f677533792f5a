#include "tools/cli/mbox_quote.h"

#include <string.h>

static const uint8_t kFrom[] = {'F', 'r', 'o', 'm', ' '};

void cli_mbox_quote_start(cli_mbox_quote *quote) {
  quote->at_start = 1;
  quote->matched = 0;
  quote->last = 0;
}

// Looks at one octet near the start of a line.
static int put_near_start(cli_mbox_quote *quote, uint8_t octet, cli_mbox_put_fn put, void *arg) {
  if (octet == kFrom[quote->matched]) {
    if (++quote->matched < sizeof(kFrom)) return 0;
    quote->at_start = 0;
    quote->matched = 0;
    return put(arg, (const uint8_t *)">From ", 6);
  }
  int sys_errno = quote->matched == 0 ? 0 : put(arg, kFrom, quote->matched);
  // One '>' more anywhere in a run of '>' makes the same line, so they need not be held back.
  quote->at_start = octet == '\n' || (octet == '>' && quote->matched == 0);
  quote->matched = 0;
  return sys_errno != 0 ? sys_errno : put(arg, &octet, 1);
}

int cli_mbox_quote_put(cli_mbox_quote *quote, const uint8_t *data, size_t data_len,
                       cli_mbox_put_fn put, void *arg) {
  if (data_len == 0) return 0;
  quote->last = data[data_len - 1];
  int sys_errno = 0;
  while (data_len > 0 && sys_errno == 0) {
    if (quote->at_start) {
      sys_errno = put_near_start(quote, data[0], put, arg);
      data++;
      data_len--;
      continue;
    }
    const uint8_t *lf = memchr(data, '\n', data_len);
    size_t run = lf == NULL ? data_len : (size_t)(lf - data) + 1;
    quote->at_start = lf != NULL;
    sys_errno = put(arg, data, run);
    data += run;
    data_len -= run;
  }
  return sys_errno;
}

int cli_mbox_quote_finish(cli_mbox_quote *quote, int *out_open_line, cli_mbox_put_fn put,
                          void *arg) {
  *out_open_line = quote->last != 0 && quote->last != '\n';
  size_t held = quote->matched;
  quote->matched = 0;
  return held == 0 ? 0 : put(arg, kFrom, held);
}
