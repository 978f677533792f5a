#include "tools/cli/fetch_plan.h"

#include <stdlib.h>
#include <string.h>

void cli_fetch_plan_init(cli_fetch_plan *plan, const cli_number_set *wanted, uint64_t max_size) {
  memset(plan, 0, sizeof(*plan));
  plan->wanted = wanted;
  plan->max_size = max_size;
}

static int make_room(cli_fetch_plan *plan) {
  if (plan->num_entries < plan->room) return 1;
  size_t room = plan->room == 0 ? 256 : plan->room * 2;
  if (room > SIZE_MAX / sizeof(*plan->entries)) return 0;
  cli_fetch_entry *entries = realloc(plan->entries, room * sizeof(*entries));
  if (entries == NULL) return 0;
  plan->entries = entries;
  plan->room = room;
  return 1;
}

int cli_fetch_plan_add(cli_fetch_plan *plan, uint32_t number, uint64_t octets) {
  plan->listed++;
  if (plan->wanted->num_ranges != 0 && !cli_number_set_has(plan->wanted, number)) return 1;
  int known = octets != POP3_OCTETS_UNKNOWN;
  if (known && octets > plan->max_size) {
    plan->skipped++;
    return 1;
  }
  if (!make_room(plan)) return 0;
  cli_fetch_entry *entry = &plan->entries[plan->num_entries++];
  entry->octets = octets;
  entry->number = number;
  entry->state = CLI_FETCH_WAITS;
  // A server's sizes may add up to anything.
  if (known && octets <= UINT64_MAX - plan->octets) plan->octets += octets;
  return 1;
}

static pop3_sink_verdict on_item(void *arg, const pop3_item *item) {
  cli_fetch_plan *plan = arg;
  if (cli_fetch_plan_add(plan, item->number, item->octets)) return POP3_SINK_CONTINUE;
  plan->no_memory = 1;
  return POP3_SINK_STOP;
}

pop3_status cli_fetch_plan_ask(cli_fetch_plan *plan, pop3_session *session, pop3_error *err) {
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_LIST);
  pop3_sink sink = POP3_SINK_INIT;
  sink.item = on_item;
  sink.arg = plan;
  pop3_op_id op = 0;
  pop3_status status = pop3_submit(session, &request, &sink, &op, err);
  if (status == POP3_OK) status = pop3_wait(session, op, POP3_NO_TIMEOUT, err);
  if (!plan->no_memory) return status;
  return pop3_error_set(err, POP3_ERR_MEMORY, "cli", 0, "no memory for a list of %llu messages",
                        (unsigned long long)plan->listed);
}

uint64_t cli_fetch_plan_missing(const cli_fetch_plan *plan) {
  uint64_t missing = 0;
  for (size_t i = 0; i < plan->wanted->num_ranges; ++i) {
    const cli_number_range *range = &plan->wanted->ranges[i];
    if (range->last != UINT32_MAX) missing += (uint64_t)range->last - range->first + 1;
  }
  uint64_t found = plan->skipped;
  for (size_t i = 0; i < plan->num_entries; ++i) {
    size_t r = plan->wanted->num_ranges;
    int open_end = r > 0 && plan->wanted->ranges[r - 1].last == UINT32_MAX &&
                   plan->entries[i].number >= plan->wanted->ranges[r - 1].first;
    found += !open_end;
  }
  return missing > found ? missing - found : 0;
}

void cli_fetch_plan_cleanup(cli_fetch_plan *plan) {
  free(plan->entries);
  plan->entries = NULL;
  plan->num_entries = plan->room = 0;
}
