#include "tools/cli/fetch_ids.h"

#include <stdlib.h>
#include <string.h>

static int make_room(cli_fetch_ids *ids) {
  if (ids->num_entries < ids->room) return 1;
  size_t room = ids->room == 0 ? 256 : ids->room * 2;
  if (room > SIZE_MAX / sizeof(*ids->entries)) return 0;
  cli_fetch_id *entries = realloc(ids->entries, room * sizeof(*entries));
  if (entries == NULL) return 0;
  ids->entries = entries;
  ids->room = room;
  return 1;
}

int cli_fetch_ids_add(cli_fetch_ids *ids, uint32_t number, const char *uid, size_t uid_len) {
  if (!make_room(ids)) return 0;
  cli_fetch_id *entry = &ids->entries[ids->num_entries];
  entry->number = number;
  entry->uid = NULL;
  // Text with a NUL in it cannot be told from its beginning.
  if (uid_len > 0 && memchr(uid, 0, uid_len) == NULL) {
    entry->uid = malloc(uid_len + 1);
    if (entry->uid == NULL) return 0;
    memcpy(entry->uid, uid, uid_len);
    entry->uid[uid_len] = '\0';
  }
  ids->num_entries++;
  return 1;
}

static int compare_numbers(const void *a, const void *b) {
  const cli_fetch_id *x = a;
  const cli_fetch_id *y = b;
  return x->number < y->number ? -1 : x->number > y->number;
}

static int compare_uids(const void *a, const void *b) {
  const cli_fetch_id *const *x = a;
  const cli_fetch_id *const *y = b;
  return strcmp((*x)->uid, (*y)->uid);
}

static void forget(cli_fetch_id *entry) {
  free(entry->uid);
  entry->uid = NULL;
}

// Leaves one entry for each number, without an id if there were several.
static void settle_numbers(cli_fetch_ids *ids) {
  size_t kept = 0;
  for (size_t i = 0; i < ids->num_entries; ++i) {
    cli_fetch_id *entry = &ids->entries[i];
    if (kept > 0 && ids->entries[kept - 1].number == entry->number) {
      forget(&ids->entries[kept - 1]);
      forget(entry);
    } else {
      ids->entries[kept++] = *entry;
    }
  }
  ids->num_entries = kept;
}

// Makes |by_uid|, without the ids that stand there twice.
static int settle_uids(cli_fetch_ids *ids) {
  ids->by_uid = malloc(ids->num_entries * sizeof(cli_fetch_id *));
  if (ids->by_uid == NULL) return 0;
  size_t all = 0;
  for (size_t i = 0; i < ids->num_entries; ++i) {
    if (ids->entries[i].uid != NULL) ids->by_uid[all++] = &ids->entries[i];
  }
  if (all > 0) qsort(ids->by_uid, all, sizeof(*ids->by_uid), compare_uids);
  size_t kept = 0;
  for (size_t i = 0; i < all;) {
    size_t next = i + 1;
    while (next < all && strcmp(ids->by_uid[i]->uid, ids->by_uid[next]->uid) == 0) next++;
    if (next == i + 1) {
      ids->by_uid[kept++] = ids->by_uid[i];
    } else {
      for (size_t k = i; k < next; ++k) forget(ids->by_uid[k]);
    }
    i = next;
  }
  ids->num_by_uid = kept;
  return 1;
}

int cli_fetch_ids_settle(cli_fetch_ids *ids) {
  if (ids->num_entries == 0) return 1;
  qsort(ids->entries, ids->num_entries, sizeof(*ids->entries), compare_numbers);
  settle_numbers(ids);
  return settle_uids(ids);
}

typedef struct asking {
  cli_fetch_ids *ids;
  int no_memory;
} asking;

static pop3_sink_verdict on_item(void *arg, const pop3_item *item) {
  asking *self = arg;
  if (cli_fetch_ids_add(self->ids, item->number, item->text, item->text_len)) {
    return POP3_SINK_CONTINUE;
  }
  self->no_memory = 1;
  return POP3_SINK_STOP;
}

pop3_status cli_fetch_ids_ask(cli_fetch_ids *ids, pop3_session *session, pop3_error *err) {
  asking self = {ids, 0};
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_UIDL);
  pop3_sink sink = POP3_SINK_INIT;
  sink.item = on_item;
  sink.arg = &self;
  pop3_op_id op = 0;
  cli_fetch_ids_cleanup(ids);
  pop3_status status = pop3_submit(session, &request, &sink, &op, err);
  if (status == POP3_OK) status = pop3_wait(session, op, POP3_NO_TIMEOUT, err);
  if (status == POP3_OK && !cli_fetch_ids_settle(ids)) self.no_memory = 1;
  if (self.no_memory) {
    status = pop3_error_set(err, POP3_ERR_MEMORY, "cli", 0, "no memory for the unique-ids");
  }
  if (status != POP3_OK) cli_fetch_ids_cleanup(ids);
  return status;
}

const char *cli_fetch_ids_uid(const cli_fetch_ids *ids, uint32_t number) {
  if (ids->num_entries == 0) return NULL;
  const cli_fetch_id key = {number, NULL};
  const cli_fetch_id *found =
      bsearch(&key, ids->entries, ids->num_entries, sizeof(key), compare_numbers);
  return found == NULL ? NULL : found->uid;
}

uint32_t cli_fetch_ids_number(const cli_fetch_ids *ids, const char *uid) {
  if (ids->num_by_uid == 0) return 0;
  size_t low = 0;
  size_t high = ids->num_by_uid;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(ids->by_uid[middle]->uid, uid);
    if (order == 0) return ids->by_uid[middle]->number;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return 0;
}

void cli_fetch_ids_cleanup(cli_fetch_ids *ids) {
  for (size_t i = 0; i < ids->num_entries; ++i) forget(&ids->entries[i]);
  free(ids->entries);
  free(ids->by_uid);
  *ids = (cli_fetch_ids)CLI_FETCH_IDS_INIT;
}
