#define _GNU_SOURCE 1
#include "tools/mailboxd/mailboxes.h"

#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/generated.h"
#include "tools/mailboxd/generator.h"
#include "tools/mailboxd/maildir.h"
#include "tools/mailboxd/mbox.h"

struct mailboxes_entry {
  enum mailbox_kind kind;
  char *path;
  uint32_t count;
  uint64_t size;
  struct generated_content *content;
  struct mailbox *box;
};

int mailboxes_number(const char *text, size_t text_len, uint64_t max, uint64_t *out) {
  uint64_t factor = 1;
  if (text_len > 0) {
    switch (text[text_len - 1]) {
      case 'K':
        factor = UINT64_C(1) << 10;
        break;
      case 'M':
        factor = UINT64_C(1) << 20;
        break;
      case 'G':
        factor = UINT64_C(1) << 30;
        break;
      default:
        break;
    }
    text_len -= factor > 1;
  }
  uint64_t value = 0;
  for (size_t i = 0; i < text_len; i++) {
    if (text[i] < '0' || text[i] > '9' || value > max / 10) {
      return 0;
    }
    value = value * 10 + (uint64_t)(text[i] - '0');
  }
  if (text_len == 0 || value > max / factor) {
    return 0;
  }
  *out = value * factor;
  return 1;
}

int mailbox_spec_generate(struct mailbox_spec *out, const char *text, const char **out_why) {
  const char *x = strchr(text, 'x');
  uint64_t count = 0, size = 0;
  *out_why = "it must be COUNTxSIZE, as 20000x4K (SIZE may end in K, M or G)";
  if (x == NULL || !mailboxes_number(text, (size_t)(x - text), UINT32_MAX - 1, &count) ||
      !mailboxes_number(x + 1, strlen(x + 1), GENERATOR_MAX_SIZE, &size)) {
    return 0;
  }
  if (size < generator_min_size()) {
    *out_why =
        "SIZE is too small for the header of a generated message: at least 512 is always enough";
    return 0;
  }
  if (count > 0 && size > UINT64_MAX / count) {
    *out_why = "the octets of all messages do not fit in 64 bits";
    return 0;
  }
  *out = (struct mailbox_spec){.kind = MAILBOX_GENERATED, .count = (uint32_t)count, .size = size};
  return 1;
}

static struct mailboxes_entry *append(struct mailboxes *boxes) {
  if (boxes->count == boxes->cap) {
    size_t cap = boxes->cap == 0 ? 4 : boxes->cap * 2;
    struct mailboxes_entry *list = realloc(boxes->list, cap * sizeof(*list));
    if (list == NULL) {
      return NULL;
    }
    boxes->list = list;
    boxes->cap = cap;
  }
  boxes->list[boxes->count] = (struct mailboxes_entry){.kind = MAILBOX_NONE};
  return &boxes->list[boxes->count++];
}

static int is_same(const struct mailboxes_entry *entry, const struct mailbox_spec *spec) {
  return entry->kind == spec->kind &&
         (spec->kind == MAILBOX_GENERATED ? entry->count == spec->count && entry->size == spec->size
                                          : strcmp(entry->path, spec->path) == 0);
}

static struct mailboxes_entry *find(struct mailboxes *boxes, const struct mailbox_spec *spec) {
  // From the end: users of one kind of mailbox mostly stand together.
  for (size_t i = boxes->count; i > 0; i--) {
    if (is_same(&boxes->list[i - 1], spec)) {
      return &boxes->list[i - 1];
    }
  }
  return NULL;
}

static struct mailbox *get_generated(struct mailboxes *boxes, const struct mailbox_spec *spec) {
  struct mailboxes_entry *same = find(boxes, spec);
  struct generated_content *content = same != NULL ? generated_content_ref(same->content)
                                                   : generated_content_new(spec->count, spec->size);
  struct mailboxes_entry *entry = content == NULL ? NULL : append(boxes);
  if (entry == NULL) {
    generated_content_unref(content);
    return NULL;
  }
  entry->kind = spec->kind;
  entry->count = spec->count;
  entry->size = spec->size;
  entry->content = content;
  entry->box = generated_mailbox_new(content);
  return entry->box;
}

static struct mailbox *get_stored(struct mailboxes *boxes, const struct mailbox_spec *spec) {
  // Two ways to write one path must not make two mailboxes, each with a lock of its own.
  char *real = realpath(spec->path, NULL);
  struct mailbox_spec real_spec = {.kind = spec->kind, .path = real != NULL ? real : spec->path};
  struct mailboxes_entry *entry = find(boxes, &real_spec);
  if (entry == NULL && (entry = append(boxes)) != NULL) {
    entry->path = strdup(real_spec.path);
    if (entry->path != NULL) {
      entry->kind = spec->kind;
      entry->box = spec->kind == MAILBOX_MAILDIR ? maildir_new(entry->path, boxes->cache)
                                                 : mbox_new(entry->path, boxes->cache);
    }
  }
  free(real);
  return entry == NULL ? NULL : entry->box;
}

struct mailbox *mailboxes_get(struct mailboxes *boxes, const struct mailbox_spec *spec) {
  struct mailbox *box =
      spec->kind == MAILBOX_GENERATED ? get_generated(boxes, spec) : get_stored(boxes, spec);
  if (box != NULL) {
    box->shared = boxes->shared;
  }
  return box;
}

void mailboxes_cleanup(struct mailboxes *boxes) {
  for (size_t i = 0; i < boxes->count; i++) {
    struct mailboxes_entry *entry = &boxes->list[i];
    if (entry->box != NULL) {
      entry->box->ops->free(entry->box);
    }
    generated_content_unref(entry->content);
    free(entry->path);
  }
  free(boxes->list);
  *boxes = (struct mailboxes){.list = NULL};
}
