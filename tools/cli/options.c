#include "tools/cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "tools/cli/fetch_batch.h"

pop3_status cli_options_init(cli_options *out, size_t max_args, pop3_error *err) {
  memset(out, 0, sizeof(*out));
  out->limits = (pop3_limits)POP3_LIMITS_INIT;
  out->max_size = UINT64_MAX;
  out->commit_every = CLI_FETCH_BATCH_MESSAGES;
  out->args = calloc(max_args + 1, sizeof(*out->args));
  if (out->args == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, "cli", 0, "no memory for the command line");
  }
  return POP3_OK;
}

void cli_options_cleanup(cli_options *options) {
  cli_number_set_cleanup(&options->messages);
  free(options->args);
  options->args = NULL;
}
