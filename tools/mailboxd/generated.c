#include "tools/mailboxd/generated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/generator.h"
#include "tools/mailboxd/hash.h"
#include "tools/mailboxd/wire.h"

// The text of the body repeats every GENERATOR_PERIOD lines; one block is this many repetitions. A
// block that fits the second-level cache is sent fastest.
#define BLOCK_PERIODS ((size_t)8)
#define BLOCK_LINES (BLOCK_PERIODS * GENERATOR_PERIOD)

// The body in wire form is `blocks` times the block, then the tail; the same for all messages.
struct generated_content {
  uint32_t refs;
  uint32_t count;
  uint64_t size;
  size_t header_len;
  struct blob *block;
  uint32_t *block_line;   // where line i of the block begins, in wire form; BLOCK_LINES + 1 of them
  uint64_t block_octets;  // its octets with doubled dots not counted
  uint64_t blocks;
  struct blob *tail;
};

struct generated_mailbox {
  struct mailbox base;
  struct generated_content *content;
  uint64_t *deleted;  // one bit for each message, or NULL while none is deleted
  uint32_t num_deleted;
};

struct generated_drop {
  struct maildrop base;
  struct generated_mailbox *box;
  uint32_t *numbers;  // which message each number names, or NULL if each names itself
};

static int make_block(struct generated_content *c) {
  c->block = blob_new((size_t)BLOCK_LINES * 75);
  c->block_line = malloc((BLOCK_LINES + 1) * sizeof(*c->block_line));
  if (c->block == NULL || c->block_line == NULL) {
    return 0;
  }
  for (uint32_t j = 0; j < BLOCK_LINES; j++) {
    c->block_line[j] = (uint32_t)c->block->len;
    uint8_t *to = c->block->data + c->block->len;
    size_t len = generator_line(to + 1, j);
    c->block_octets += len;
    if (to[1] == '.') {
      to[0] = '.';
      c->block->len += len + 1;
    } else {
      memmove(to, to + 1, len);
      c->block->len += len;
    }
  }
  c->block_line[BLOCK_LINES] = (uint32_t)c->block->len;
  return 1;
}

static int make_tail(struct generated_content *c) {
  uint64_t body = c->size - c->header_len;
  c->blocks = (body - 2) / c->block_octets;
  uint64_t start = c->blocks * c->block_octets;
  size_t len = (size_t)(body - start);
  uint8_t *text = malloc(len);
  c->tail = blob_new(2 * len);
  if (text == NULL || c->tail == NULL) {
    free(text);
    return 0;
  }
  generator_body(text, c->size, start, len);
  struct wire wire;
  wire_init(&wire, 0);
  (void)wire_step(&wire, text, len, 1, c->tail->data, &c->tail->len);
  free(text);
  return 1;
}

struct generated_content *generated_content_new(uint32_t count, uint64_t size) {
  struct generated_content *c = calloc(1, sizeof(*c));
  if (c == NULL) {
    return NULL;
  }
  char header[GENERATOR_HEADER_MAX];
  c->refs = 1;
  c->count = count;
  c->size = size;
  c->header_len = generator_header(header, 1, size);
  if (!make_block(c) || !make_tail(c)) {
    generated_content_unref(c);
    return NULL;
  }
  return c;
}

struct generated_content *generated_content_ref(struct generated_content *c) {
  c->refs++;
  return c;
}

void generated_content_unref(struct generated_content *c) {
  if (c == NULL || --c->refs > 0) {
    return;
  }
  blob_unref(c->block);
  blob_unref(c->tail);
  free(c->block_line);
  free(c);
}

static const struct generated_content *content_of(const struct maildrop *drop) {
  return ((const struct generated_drop *)drop)->box->content;
}

static uint32_t original_number(const struct maildrop *drop, uint32_t n) {
  const uint32_t *numbers = ((const struct generated_drop *)drop)->numbers;
  return numbers == NULL ? n : numbers[n - 1];
}

static uint64_t generated_size(const struct maildrop *drop, uint32_t n) {
  (void)n;
  return content_of(drop)->size;
}

// The unique-id is the message's number and a hash of its header, which holds number and size.
static size_t generated_uid(const struct maildrop *drop, uint32_t n, char out[MAILDROP_UID_MAX]) {
  const struct generated_content *c = content_of(drop);
  n = original_number(drop, n);
  char header[GENERATOR_HEADER_MAX];
  uint64_t hash = hash_add(HASH_START, header, generator_header(header, n, c->size));
  char text[MAILDROP_UID_MAX + 1];
  int len = snprintf(text, sizeof(text), "%u.%016llx", n, (unsigned long long)hash);
  memcpy(out, text, (size_t)len);
  return (size_t)len;
}

// Adds the first |lines| lines of the body.
static void add_lines(const struct generated_content *c, uint64_t lines, struct body *body) {
  uint64_t blocks = lines / BLOCK_LINES;
  if (blocks < c->blocks) {
    uint32_t rest = (uint32_t)(lines % BLOCK_LINES);
    body_add_part(body, c->block, c->block->data, c->block->len, blocks);
    body_add_part(body, c->block, c->block->data, c->block_line[rest], 1);
    return;
  }
  struct wire_top top;
  wire_top_init(&top, lines - c->blocks * BLOCK_LINES);
  top.in_body = 1;
  size_t used;
  (void)wire_top_step(&top, c->tail->data, c->tail->len, &used);
  body_add_part(body, c->block, c->block->data, c->block->len, c->blocks);
  body_add_part(body, c->tail, c->tail->data, used, 1);
}

static enum drop_status generated_open(struct maildrop *drop, uint32_t n, uint64_t lines,
                                       struct body *body) {
  const struct generated_content *c = content_of(drop);
  body->prefix_len = generator_header(body->prefix, original_number(drop, n), c->size);
  if (lines == MAILDROP_ALL) {
    body_add_part(body, c->block, c->block->data, c->block->len, c->blocks);
    body_add_part(body, c->tail, c->tail->data, c->tail->len, 1);
  } else {
    add_lines(c, lines, body);
  }
  return DROP_OK;
}

static enum drop_status generated_commit(struct maildrop *drop) {
  struct generated_mailbox *box = ((struct generated_drop *)drop)->box;
  if (box->deleted == NULL) {
    box->deleted = calloc(((size_t)box->content->count + 63) / 64, sizeof(*box->deleted));
    if (box->deleted == NULL) {
      return DROP_TEMP;
    }
  }
  for (uint32_t n = 1; n <= drop->count; n++) {
    if (maildrop_is_marked(drop, n)) {
      uint32_t index = original_number(drop, n) - 1;
      uint64_t bit = UINT64_C(1) << (index % 64);
      box->num_deleted += (box->deleted[index / 64] & bit) == 0;
      box->deleted[index / 64] |= bit;
    }
  }
  return DROP_OK;
}

static void generated_drop_free(struct maildrop *drop) {
  free(((struct generated_drop *)drop)->numbers);
  free(drop);
}

static const struct maildrop_ops kDropOps = {
    .size = generated_size,
    .uid = generated_uid,
    .open = generated_open,
    .commit = generated_commit,
    .free = generated_drop_free,
};

static enum drop_status generated_mailbox_open(struct mailbox *mailbox, struct maildrop **out) {
  struct generated_mailbox *box = (struct generated_mailbox *)mailbox;
  struct generated_drop *drop = calloc(1, sizeof(*drop));
  if (drop == NULL) {
    return DROP_TEMP;
  }
  drop->base.ops = &kDropOps;
  drop->base.count = box->content->count - box->num_deleted;
  drop->base.octets = drop->base.count * box->content->size;
  drop->box = box;
  if (box->num_deleted > 0 && drop->base.count > 0) {
    drop->numbers = malloc(drop->base.count * sizeof(*drop->numbers));
    if (drop->numbers == NULL) {
      free(drop);
      return DROP_TEMP;
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < box->content->count; i++) {
      if ((box->deleted[i / 64] >> (i % 64) & 1u) == 0) {
        drop->numbers[at++] = i + 1;
      }
    }
  }
  *out = &drop->base;
  return DROP_OK;
}

static void generated_mailbox_free(struct mailbox *mailbox) {
  struct generated_mailbox *box = (struct generated_mailbox *)mailbox;
  generated_content_unref(box->content);
  free(box->deleted);
  free(box);
}

static const struct mailbox_ops kMailboxOps = {
    .open = generated_mailbox_open,
    .free = generated_mailbox_free,
};

struct mailbox *generated_mailbox_new(struct generated_content *content) {
  struct generated_mailbox *box = calloc(1, sizeof(*box));
  if (box == NULL) {
    return NULL;
  }
  box->base.ops = &kMailboxOps;
  box->content = generated_content_ref(content);
  return &box->base;
}
