#include <pop3/collect.h>
#include <string.h>

#include "core/base/fill.h"
#include "core/base/memory.h"

#define FIRST_ENTRIES 64
#define FIRST_CHUNK 4096
#define LARGEST_CHUNK ((size_t)1 << 20U)

// Lines live in chunks that never move, so that the entries can point to them at once.
typedef struct chunk {
  struct chunk *next;
  size_t used;
  size_t cap;
  char text[];
} chunk;

// What pop3_listing.storage points to.
typedef struct storage {
  size_t entries_cap;
  chunk *chunks;  // the newest first
} storage;

void pop3_listing_init(pop3_listing *listing, const pop3_allocator *allocator) {
  memset(listing, 0, sizeof(*listing));
  listing->status = POP3_OK;
  p3_allocator_resolve(&listing->allocator, allocator);
}

void pop3_listing_cleanup(pop3_listing *listing) {
  pop3_allocator allocator = listing->allocator;
  storage *s = listing->storage;
  while (s != NULL && s->chunks != NULL) {
    chunk *next = s->chunks->next;
    p3_mem_free(&allocator, s->chunks);
    s->chunks = next;
  }
  p3_mem_free(&allocator, s);
  p3_mem_free(&allocator, listing->entries);
  pop3_listing_init(listing, &allocator);
}

// room_for_entry makes room for one more entry. Returns 0 if memory ran out.
static int room_for_entry(pop3_listing *listing) {
  storage *s = listing->storage;
  if (s == NULL) {
    s = p3_mem_zalloc(&listing->allocator, 1, sizeof(*s));
    if (s == NULL) {
      return 0;
    }
    listing->storage = s;
  }
  if (listing->num_entries < s->entries_cap) {
    return 1;
  }
  if (s->entries_cap > SIZE_MAX / 2) {
    return 0;
  }
  size_t cap = s->entries_cap == 0 ? FIRST_ENTRIES : s->entries_cap * 2;
  void *entries =
      p3_mem_grow(&listing->allocator, listing->entries, cap, sizeof(*listing->entries));
  if (entries == NULL) {
    return 0;
  }
  listing->entries = entries;
  s->entries_cap = cap;
  return 1;
}

// store copies a line with a NUL behind it. Returns NULL if memory ran out.
static const char *store(pop3_listing *listing, const char *text, size_t len) {
  storage *s = listing->storage;
  chunk *c = s->chunks;
  if (c == NULL || c->cap - c->used <= len) {
    size_t cap = c == NULL ? FIRST_CHUNK : c->cap * 2;
    if (cap > LARGEST_CHUNK) {
      cap = LARGEST_CHUNK;
    }
    if (cap <= len) {
      cap = len + 1;
    }
    c = p3_mem_alloc(&listing->allocator, sizeof(*c) + cap);
    if (c == NULL) {
      return NULL;
    }
    c->next = s->chunks;
    c->used = 0;
    c->cap = cap;
    s->chunks = c;
  }
  char *copy = c->text + c->used;
  if (len > 0) {
    memcpy(copy, text, len);
  }
  copy[len] = '\0';
  c->used += len + 1;
  return copy;
}

// ends_line says whether the unique-id is the end of its line, as the codec hands it out: then one
// copy holds both.
static int ends_line(const pop3_item *item) {
  return item->line != NULL && item->text_len <= item->line_len &&
         item->text == item->line + (item->line_len - item->text_len);
}

static pop3_status append(pop3_listing *listing, const pop3_item *item) {
  pop3_listing_entry entry = {item->number, 0, 0, NULL, NULL, item->line_len};
  if (item->text_len > UINT32_MAX / 2) {
    return POP3_ERR_LIMIT;
  }
  if (!room_for_entry(listing)) {
    return POP3_ERR_MEMORY;
  }
  entry.line = store(listing, item->line, item->line_len);
  if (entry.line == NULL) {
    return POP3_ERR_MEMORY;
  }
  if (item->kind == POP3_ITEM_SCAN) {
    entry.octets = item->octets;
  } else {
    entry.uid_len = (uint32_t)item->text_len;
    entry.uid = ends_line(item) ? entry.line + (item->line_len - item->text_len)
                                : store(listing, item->text, item->text_len);
    if (entry.uid == NULL) {
      return POP3_ERR_MEMORY;
    }
  }
  listing->entries[listing->num_entries++] = entry;
  listing->octets += (uint64_t)item->line_len + item->line_end_len;
  return POP3_OK;
}

static pop3_sink_verdict take(void *arg, const pop3_item *item) {
  pop3_listing *listing = arg;
  if (item->kind != POP3_ITEM_SCAN && item->kind != POP3_ITEM_UNIQUE_ID) {
    return POP3_SINK_CONTINUE;
  }
  if (listing->status == POP3_OK) {
    listing->status = append(listing, item);
  }
  return listing->status == POP3_OK ? POP3_SINK_CONTINUE : POP3_SINK_STOP;
}

void pop3_listing_sink(pop3_listing *listing, pop3_sink *out) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.item = take;
  sink.arg = listing;
  (void)p3_fill(out, &sink, sizeof(sink));
}
