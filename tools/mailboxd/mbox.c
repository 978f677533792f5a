#define _GNU_SOURCE 1
#include "tools/mailboxd/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/mailboxd/hash.h"
#include "tools/mailboxd/log.h"
#include "tools/mailboxd/mbox_parse.h"
#include "tools/mailboxd/mbox_rewrite.h"
#include "tools/mailboxd/stored.h"
#include "tools/mailboxd/uid.h"

#define PIECE (256u << 10)

struct mbox_message {
  struct mbox_range range;
  struct stored_message stored;
  char uid[UID_SIZE];
};

// An index is shared by the sessions that began while the file was the same.
struct mbox_index {
  uint32_t refs;
  int fd;
  struct stat file;
  struct mbox_message *list;
  uint32_t count, cap;
  uint64_t octets;
};

struct mbox {
  struct mailbox base;
  char *path;
  struct cache *cache;
  struct mbox_index *index;  // of the last session, or NULL
};

struct mbox_drop {
  struct maildrop base;
  struct mbox *box;
  struct mbox_index *index;
};

static void index_unref(struct mbox_index *index) {
  if (index != NULL && --index->refs == 0) {
    close(index->fd);
    free(index->list);
    free(index);
  }
}

static int add_message(void *arg, const struct mbox_range *range) {
  struct mbox_index *index = arg;
  if (index->count == index->cap) {
    uint32_t cap = index->cap == 0 ? 64 : index->cap * 2;
    struct mbox_message *list = realloc(index->list, cap * sizeof(*list));
    if (list == NULL) {
      return 0;
    }
    index->list = list;
    index->cap = cap;
  }
  index->list[index->count++] = (struct mbox_message){
      .range = *range, .stored = {.offset = range->start, .len = range->stop - range->start}};
  return 1;
}

static int find_messages(struct mbox_index *index) {
  uint8_t *piece = malloc(PIECE);
  struct mbox_parser parser;
  mbox_parser_init(&parser);
  uint64_t size = (uint64_t)index->file.st_size;
  int good = piece != NULL;
  while (good && parser.at < size) {
    size_t want = size - parser.at < PIECE ? (size_t)(size - parser.at) : PIECE;
    size_t got;
    good = stored_pread(index->fd, piece, want, parser.at, &got) && got == want &&
           mbox_parser_feed(&parser, piece, got, add_message, index);
  }
  free(piece);
  return good && mbox_parser_finish(&parser, add_message, index);
}

static enum drop_status scan_messages(struct mbox_index *index) {
  struct uid_counter counter;
  if (!uid_counter_init(&counter, index->count)) {
    return DROP_TEMP;
  }
  enum drop_status status = DROP_OK;
  for (uint32_t i = 0; i < index->count && status == DROP_OK; i++) {
    struct mbox_message *message = &index->list[i];
    // The From line takes part: it tells most equal messages apart, whatever else is deleted.
    struct stored_message line = {.offset = message->range.from,
                                  .len = message->range.start - message->range.from};
    uint64_t hash = HASH_START;
    status = stored_scan(index->fd, 0, &line, &hash);
    if (status == DROP_OK) {
      status = stored_scan(index->fd, 1, &message->stored, &hash);
    }
    uid_of_hash(message->uid, hash, uid_counter_add(&counter, hash));
    index->octets += message->stored.octets;
  }
  uid_counter_cleanup(&counter);
  return status;
}

// Reads the file through |fd|, which the index then owns.
static enum drop_status read_index(const char *path, int fd, const struct stat *file,
                                   struct mbox_index **out) {
  struct mbox_index *index = calloc(1, sizeof(*index));
  if (index == NULL) {
    close(fd);
    return DROP_TEMP;
  }
  *index = (struct mbox_index){.refs = 1, .fd = fd, .file = *file};
  enum drop_status status = DROP_PERM;
  if (!S_ISREG(file->st_mode) || !find_messages(index)) {
    log_write(LOG_LEVEL_ERROR, "%s: not an mbox", path);
  } else {
    status = scan_messages(index);
  }
  if (status != DROP_OK) {
    index_unref(index);
    return status;
  }
  *out = index;
  return DROP_OK;
}

static const struct mbox_message *message_of(const struct maildrop *drop, uint32_t n) {
  return &((const struct mbox_drop *)drop)->index->list[n - 1];
}

static uint64_t mbox_size(const struct maildrop *drop, uint32_t n) {
  return message_of(drop, n)->stored.octets;
}

static size_t mbox_uid(const struct maildrop *drop, uint32_t n, char out[MAILDROP_UID_MAX]) {
  const char *uid = message_of(drop, n)->uid;
  size_t len = strlen(uid);
  memcpy(out, uid, len);
  return len;
}

static enum drop_status mbox_open(struct maildrop *drop, uint32_t n, uint64_t lines,
                                  struct body *out) {
  const struct mbox_drop *self = (const struct mbox_drop *)drop;
  const struct mbox_index *index = self->index;
  struct stat now;
  // The file may grow; whatever else happens to it means that messages are not where they were.
  if (fstat(index->fd, &now) != 0 || now.st_size < index->file.st_size ||
      (now.st_size == index->file.st_size &&
       stored_modified_ns(&now) != stored_modified_ns(&index->file))) {
    log_write(LOG_LEVEL_ERROR, "%s has changed", self->box->path);
    return DROP_TEMP;
  }
  return stored_open(index->fd, &index->file, 1, &message_of(drop, n)->stored, lines,
                     self->box->cache, out);
}

static enum drop_status mbox_commit(struct maildrop *drop) {
  const struct mbox_drop *self = (const struct mbox_drop *)drop;
  struct mbox_cut *cuts = malloc(drop->gone * sizeof(*cuts));
  if (cuts == NULL) {
    return DROP_TEMP;
  }
  size_t num_cuts = 0;
  for (uint32_t n = 1; n <= drop->count; n++) {
    if (maildrop_is_marked(drop, n)) {
      const struct mbox_range *range = &message_of(drop, n)->range;
      cuts[num_cuts++] = (struct mbox_cut){.start = range->from, .end = range->end};
    }
  }
  enum drop_status status =
      mbox_rewrite(self->box->path, self->index->fd, &self->index->file, cuts, num_cuts);
  free(cuts);
  return status;
}

static void mbox_drop_free(struct maildrop *drop) {
  index_unref(((struct mbox_drop *)drop)->index);
  free(drop);
}

static const struct maildrop_ops kDropOps = {
    .size = mbox_size,
    .uid = mbox_uid,
    .open = mbox_open,
    .commit = mbox_commit,
    .free = mbox_drop_free,
};

static int is_same_file(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
         stored_modified_ns(a) == stored_modified_ns(b);
}

// Sees to it that box->index is that of the file as it is now.
static enum drop_status refresh(struct mbox *box) {
  struct stat file;
  int fd = open(box->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    log_write(LOG_LEVEL_ERROR, "%s: %s", box->path, strerror(errno));
    return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? DROP_TEMP : DROP_PERM;
  }
  if (fstat(fd, &file) != 0) {
    close(fd);
    return DROP_TEMP;
  }
  if (box->index != NULL && is_same_file(&file, &box->index->file)) {
    close(fd);
    return DROP_OK;
  }
  struct mbox_index *index;
  enum drop_status status = read_index(box->path, fd, &file, &index);
  if (status == DROP_OK) {
    index_unref(box->index);
    box->index = index;
  }
  return status;
}

static enum drop_status mbox_mailbox_open(struct mailbox *mailbox, struct maildrop **out) {
  struct mbox *box = (struct mbox *)mailbox;
  enum drop_status status = refresh(box);
  if (status != DROP_OK) {
    return status;
  }
  struct mbox_drop *drop = calloc(1, sizeof(*drop));
  if (drop == NULL) {
    return DROP_TEMP;
  }
  drop->base.ops = &kDropOps;
  drop->base.count = box->index->count;
  drop->base.octets = box->index->octets;
  drop->box = box;
  drop->index = box->index;
  drop->index->refs++;
  *out = &drop->base;
  return DROP_OK;
}

static void mbox_free(struct mailbox *mailbox) {
  struct mbox *box = (struct mbox *)mailbox;
  index_unref(box->index);
  free(box->path);
  free(box);
}

static const struct mailbox_ops kMailboxOps = {
    .open = mbox_mailbox_open,
    .free = mbox_free,
};

struct mailbox *mbox_new(const char *path, struct cache *cache) {
  struct mbox *box = calloc(1, sizeof(*box));
  if (box == NULL) {
    return NULL;
  }
  box->base.ops = &kMailboxOps;
  box->cache = cache;
  box->path = strdup(path);
  if (box->path == NULL) {
    free(box);
    return NULL;
  }
  return &box->base;
}
