#include "tools/cli/fetch_plan.h"

#include <stdlib.h>
#include <string.h>

#define LAYER "cli"

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

// A server's sizes may add up to anything.
static void count_octets(cli_fetch_plan *plan, uint64_t octets) {
  int known = octets != POP3_OCTETS_UNKNOWN;
  if (known && octets <= UINT64_MAX - plan->octets) plan->octets += octets;
}

int cli_fetch_plan_add(cli_fetch_plan *plan, uint32_t number, uint64_t octets) {
  plan->listed++;
  // Numbers that ascend, as nearly all servers have it, are not there twice.
  if (number <= plan->last) plan->is_unsorted = 1;
  if (number > plan->last) plan->last = number;
  if (plan->wanted->num_ranges != 0 && !cli_number_set_has(plan->wanted, number)) return 1;
  if (octets != POP3_OCTETS_UNKNOWN && octets > plan->max_size) {
    plan->skipped++;
    return 1;
  }
  if (!make_room(plan)) return 0;
  cli_fetch_entry *entry = &plan->entries[plan->num_entries++];
  memset(entry, 0, sizeof(*entry));
  entry->octets = octets;
  entry->number = number;
  entry->state = CLI_FETCH_WAITS;
  count_octets(plan, octets);
  return 1;
}

// By number, and by place for the same one.
static int compare(const void *a, const void *b) {
  const cli_fetch_entry *x = *(cli_fetch_entry *const *)a;
  const cli_fetch_entry *y = *(cli_fetch_entry *const *)b;
  if (x->number != y->number) return x->number < y->number ? -1 : 1;
  return x < y ? -1 : x > y;
}

// The larger of two sizes, of which either may be unknown.
static uint64_t larger(uint64_t a, uint64_t b) {
  if (a == POP3_OCTETS_UNKNOWN) return b;
  return b == POP3_OCTETS_UNKNOWN || b < a ? a : b;
}

int cli_fetch_plan_settle(cli_fetch_plan *plan) {
  size_t count = plan->num_entries;
  if (!plan->is_unsorted || count < 2) return 1;
  cli_fetch_entry **sorted = malloc(count * sizeof(cli_fetch_entry *));
  if (sorted == NULL) return 0;
  for (size_t i = 0; i < count; ++i) sorted[i] = &plan->entries[i];
  qsort(sorted, count, sizeof(cli_fetch_entry *), compare);
  cli_fetch_entry *first = sorted[0];
  for (size_t i = 1; i < count; ++i) {
    if (sorted[i]->number != first->number) {
      first = sorted[i];
      continue;
    }
    first->octets = larger(first->octets, sorted[i]->octets);
    sorted[i]->number = 0;
    plan->doubles++;
  }
  free(sorted);
  size_t kept = 0;
  plan->octets = 0;
  for (size_t i = 0; i < count; ++i) {
    if (plan->entries[i].number == 0) continue;
    count_octets(plan, plan->entries[i].octets);
    plan->entries[kept++] = plan->entries[i];
  }
  plan->num_entries = kept;
  plan->listed -= plan->doubles;
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
  if (status == POP3_OK && !cli_fetch_plan_settle(plan)) plan->no_memory = 1;
  if (!plan->no_memory) return status;
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a list of %llu messages",
                        (unsigned long long)plan->listed);
}

pop3_status cli_fetch_plan_ask_ids(cli_fetch_plan *plan, pop3_session *session, pop3_error *err) {
  if (plan->num_entries == 0) return POP3_OK;
  pop3_error why = POP3_ERROR_INIT;
  pop3_status status = cli_fetch_ids_ask(&plan->ids, session, &why);
  if (status == POP3_ERR_MEMORY || pop3_session_error(session) != NULL) {
    *err = why;
    return why.status;
  }
  plan->uids = calloc(plan->num_entries, sizeof(*plan->uids));
  if (plan->uids == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the unique-ids");
  }
  for (size_t i = 0; i < plan->num_entries; ++i) {
    plan->uids[i] = cli_fetch_ids_uid(&plan->ids, plan->entries[i].number);
  }
  return POP3_OK;
}

const char *cli_fetch_plan_uid(const cli_fetch_plan *plan, size_t index) {
  return plan->uids == NULL ? NULL : plan->uids[index];
}

int cli_fetch_plan_has_all_ids(const cli_fetch_plan *plan) {
  for (size_t i = 0; i < plan->num_entries; ++i) {
    if (cli_fetch_plan_uid(plan, i) == NULL) return 0;
  }
  return 1;
}

// The entry of message |number|, or NULL.
static const cli_fetch_entry *find(const cli_fetch_plan *plan, uint32_t number) {
  size_t low = 0;
  size_t high = plan->is_unsorted ? 0 : plan->num_entries;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const cli_fetch_entry *entry = &plan->entries[middle];
    if (entry->number == number) return entry;
    if (entry->number < number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (size_t i = 0; plan->is_unsorted && i < plan->num_entries; ++i) {
    if (plan->entries[i].number == number) return &plan->entries[i];
  }
  return NULL;
}

void cli_fetch_plan_renumber(cli_fetch_plan *plan, size_t from, size_t next,
                             const cli_fetch_plan *later) {
  size_t kept = next;
  for (size_t i = from; i < plan->num_entries; ++i) {
    cli_fetch_entry *entry = &plan->entries[i];
    const char *uid = cli_fetch_plan_uid(plan, i);
    entry->number = uid == NULL ? 0 : cli_fetch_ids_number(&later->ids, uid);
    if (i < next) {
      const cli_fetch_entry *now = find(later, entry->number);
      if (now == NULL || now->octets != entry->octets) entry->number = 0;
    } else if (entry->number != 0) {
      plan->uids[kept] = uid;
      plan->entries[kept++] = *entry;
    } else {
      plan->gone++;
    }
  }
  plan->num_entries = kept;
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
  free(plan->uids);
  plan->entries = NULL;
  plan->uids = NULL;
  plan->num_entries = plan->room = 0;
  cli_fetch_ids_cleanup(&plan->ids);
}
