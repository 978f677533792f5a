#include "tools/cli/fetch_batch.h"

void cli_fetch_batch_start(cli_fetch_batch *batch, uint64_t max_messages) {
  batch->max_messages = max_messages;
  batch->messages = batch->octets = 0;
  batch->is_closed = 0;
}

void cli_fetch_batch_close(cli_fetch_batch *batch) { batch->is_closed = 1; }

int cli_fetch_batch_is_full(const cli_fetch_batch *batch) {
  if (batch->is_closed) return 1;
  return batch->max_messages > 0 &&
         (batch->messages >= batch->max_messages || batch->octets >= CLI_FETCH_BATCH_OCTETS);
}

void cli_fetch_batch_add(cli_fetch_batch *batch, uint64_t octets) {
  batch->messages++;
  // A server's sizes may add up to anything.
  batch->octets = octets > UINT64_MAX - batch->octets ? UINT64_MAX : batch->octets + octets;
}
