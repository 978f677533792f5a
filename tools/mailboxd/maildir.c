#define _GNU_SOURCE 1
#include "tools/mailboxd/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/mailboxd/hash.h"
#include "tools/mailboxd/log.h"
#include "tools/mailboxd/stored.h"
#include "tools/mailboxd/uid.h"

// One file, as it was when it was read through. Kept from session to session, so that a file is
// read through only once as long as name, length and time stay the same.
struct maildir_message {
  char *name;  // "cur/..." or "new/..."
  char *uid;
  uint64_t inode;
  int64_t modified_ns;
  struct stored_message stored;
};

// An index is shared by the sessions that began while the directory was the same.
struct maildir_index {
  uint32_t refs;
  struct maildir_message *list;  // in the order of their numbers
  uint32_t count, cap;
  uint64_t octets;
};

struct maildir {
  struct mailbox base;
  char *path;
  struct cache *cache;
  struct maildir_index *index;  // of the last session, or NULL
};

struct maildir_drop {
  struct maildrop base;
  struct maildir *box;
  struct maildir_index *index;
  int dir_fd;
};

static void index_unref(struct maildir_index *index) {
  if (index == NULL || --index->refs > 0) {
    return;
  }
  for (uint32_t i = 0; i < index->count; i++) {
    free(index->list[i].name);
    free(index->list[i].uid);
  }
  free(index->list);
  free(index);
}

// Messages are numbered by the time that begins their names, then by the rest of the name.
static int compare_messages(const void *a, const void *b) {
  const char *x = ((const struct maildir_message *)a)->name + 4;
  const char *y = ((const struct maildir_message *)b)->name + 4;
  unsigned long long time_x = strtoull(x, NULL, 10), time_y = strtoull(y, NULL, 10);
  if (time_x != time_y) {
    return time_x < time_y ? -1 : 1;
  }
  int order = strcmp(x, y);
  return order != 0 ? order : strcmp(x - 4, y - 4);
}

static struct maildir_message *find_message(const struct maildir_index *index, const char *name) {
  struct maildir_message key = {.name = (char *)(uintptr_t)name};
  return index == NULL || index->count == 0
             ? NULL
             : bsearch(&key, index->list, index->count, sizeof(*index->list), compare_messages);
}

// Adds the file |name|, taking what is known of it from |old|.
static enum drop_status add_file(struct maildir_index *index, const struct maildir_index *old,
                                 int dir_fd, const char *name) {
  struct stat file;
  if (fstatat(dir_fd, name, &file, 0) != 0) {
    return errno == ENOENT ? DROP_OK : DROP_TEMP;  // gone since the directory was read
  }
  if (!S_ISREG(file.st_mode)) {
    return DROP_OK;
  }
  if (index->count == index->cap) {
    uint32_t cap = index->cap == 0 ? 64 : index->cap * 2;
    struct maildir_message *list = realloc(index->list, cap * sizeof(*list));
    if (list == NULL) {
      return DROP_TEMP;
    }
    index->list = list;
    index->cap = cap;
  }
  struct maildir_message message = {.inode = file.st_ino,
                                    .modified_ns = stored_modified_ns(&file),
                                    .stored = {.len = (uint64_t)file.st_size}};
  const struct maildir_message *known = find_message(old, name);
  if (known != NULL && known->inode == message.inode && known->modified_ns == message.modified_ns &&
      known->stored.len == message.stored.len) {
    message.stored = known->stored;
  } else {
    int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
      return errno == ENOENT ? DROP_OK : errno == EACCES ? DROP_PERM : DROP_TEMP;
    }
    enum drop_status status = stored_scan(fd, 0, &message.stored, NULL);
    close(fd);
    if (status != DROP_OK) {
      return status;
    }
  }
  message.name = strdup(name);
  if (message.name == NULL) {
    return DROP_TEMP;
  }
  index->list[index->count++] = message;
  index->octets += message.stored.octets;
  return DROP_OK;
}

static enum drop_status add_directory(struct maildir_index *index, const struct maildir_index *old,
                                      int dir_fd, const char *sub) {
  int fd = openat(dir_fd, sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir(fd);
  if (dir == NULL) {
    int is_temporary = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    if (fd >= 0) {
      close(fd);
    }
    return is_temporary ? DROP_TEMP : DROP_PERM;
  }
  enum drop_status status = DROP_OK;
  const struct dirent *entry;
  while (status == DROP_OK && (entry = readdir(dir)) != NULL) {
    if (entry->d_name[0] != '.') {
      char name[sizeof(entry->d_name) + 4];
      memcpy(name, sub, 3);
      name[3] = '/';
      memcpy(name + 4, entry->d_name, strlen(entry->d_name) + 1);
      status = add_file(index, old, dir_fd, name);
    }
  }
  closedir(dir);
  return status;
}

// Gives every message its unique-id. Two files of one unique name, as new/1 and cur/1:2,S, should
// not be, but must still differ.
static int add_uids(struct maildir_index *index) {
  struct uid_counter counter;
  if (!uid_counter_init(&counter, index->count)) {
    return 0;
  }
  int good = 1;
  for (uint32_t i = 0; i < index->count && good; i++) {
    char uid[UID_SIZE];
    uid_of_file(uid, index->list[i].name + 4);
    uint64_t hash = hash_add(HASH_START, uid, strlen(uid));
    uint32_t nth = uid_counter_add(&counter, hash);
    if (nth > 1) {
      uid_of_hash(uid, hash, nth);
    }
    index->list[i].uid = strdup(uid);
    good = index->list[i].uid != NULL;
  }
  uid_counter_cleanup(&counter);
  return good;
}

// Reads the directory. What |old| knows of a file is not found out again.
static enum drop_status read_index(int dir_fd, const struct maildir_index *old,
                                   struct maildir_index **out) {
  struct maildir_index *index = calloc(1, sizeof(*index));
  if (index == NULL) {
    return DROP_TEMP;
  }
  index->refs = 1;
  enum drop_status status = add_directory(index, old, dir_fd, "cur");
  if (status == DROP_OK) {
    status = add_directory(index, old, dir_fd, "new");
  }
  if (status == DROP_OK && index->count > 0) {
    qsort(index->list, index->count, sizeof(*index->list), compare_messages);
    status = add_uids(index) ? DROP_OK : DROP_TEMP;
  }
  if (status != DROP_OK) {
    index_unref(index);
    return status;
  }
  *out = index;
  return DROP_OK;
}

static const struct maildir_message *message_of(const struct maildrop *drop, uint32_t n) {
  return &((const struct maildir_drop *)drop)->index->list[n - 1];
}

static uint64_t maildir_size(const struct maildrop *drop, uint32_t n) {
  return message_of(drop, n)->stored.octets;
}

static size_t maildir_uid(const struct maildrop *drop, uint32_t n, char out[MAILDROP_UID_MAX]) {
  const char *uid = message_of(drop, n)->uid;
  size_t len = strlen(uid);
  memcpy(out, uid, len);
  return len;
}

static enum drop_status maildir_open(struct maildrop *drop, uint32_t n, uint64_t lines,
                                     struct body *out) {
  const struct maildir_drop *self = (const struct maildir_drop *)drop;
  const struct maildir_message *message = message_of(drop, n);
  int fd = openat(self->dir_fd, message->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    log_write(LOG_LEVEL_ERROR, "%s/%s: %s", self->box->path, message->name, strerror(errno));
    return DROP_TEMP;
  }
  // A file that is not what was listed is not sent: sizes and framing would be wrong.
  struct stat file;
  enum drop_status status = DROP_TEMP;
  if (fstat(fd, &file) == 0 && (uint64_t)file.st_size == message->stored.len &&
      stored_modified_ns(&file) == message->modified_ns) {
    status = stored_open(fd, &file, 0, &message->stored, lines, self->box->cache, out);
  } else {
    log_write(LOG_LEVEL_ERROR, "%s/%s has changed", self->box->path, message->name);
  }
  close(fd);
  return status;
}

static enum drop_status maildir_commit(struct maildrop *drop) {
  const struct maildir_drop *self = (const struct maildir_drop *)drop;
  enum drop_status status = DROP_OK;
  for (uint32_t n = 1; n <= drop->count; n++) {
    const char *name = message_of(drop, n)->name;
    if (maildrop_is_marked(drop, n) && unlinkat(self->dir_fd, name, 0) != 0 && errno != ENOENT) {
      log_write(LOG_LEVEL_ERROR, "%s/%s: %s", self->box->path, name, strerror(errno));
      status = DROP_TEMP;
    }
  }
  return status;
}

static void maildir_drop_free(struct maildrop *drop) {
  struct maildir_drop *self = (struct maildir_drop *)drop;
  index_unref(self->index);
  close(self->dir_fd);
  free(self);
}

static const struct maildrop_ops kDropOps = {
    .size = maildir_size,
    .uid = maildir_uid,
    .open = maildir_open,
    .commit = maildir_commit,
    .free = maildir_drop_free,
};

static enum drop_status maildir_mailbox_open(struct mailbox *mailbox, struct maildrop **out) {
  struct maildir *box = (struct maildir *)mailbox;
  int dir_fd = open(box->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir_fd < 0) {
    log_write(LOG_LEVEL_ERROR, "%s: %s", box->path, strerror(errno));
    return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? DROP_TEMP : DROP_PERM;
  }
  struct maildir_drop *drop = calloc(1, sizeof(*drop));
  struct maildir_index *index = NULL;
  enum drop_status status = drop == NULL ? DROP_TEMP : read_index(dir_fd, box->index, &index);
  if (status != DROP_OK) {
    log_write(LOG_LEVEL_ERROR, "%s: not a readable Maildir", box->path);
    free(drop);
    close(dir_fd);
    return status;
  }
  index_unref(box->index);
  box->index = index;
  index->refs++;
  drop->base.ops = &kDropOps;
  drop->base.count = index->count;
  drop->base.octets = index->octets;
  drop->box = box;
  drop->index = index;
  drop->dir_fd = dir_fd;
  *out = &drop->base;
  return DROP_OK;
}

static void maildir_free(struct mailbox *mailbox) {
  struct maildir *box = (struct maildir *)mailbox;
  index_unref(box->index);
  free(box->path);
  free(box);
}

static const struct mailbox_ops kMailboxOps = {
    .open = maildir_mailbox_open,
    .free = maildir_free,
};

struct mailbox *maildir_new(const char *path, struct cache *cache) {
  struct maildir *box = calloc(1, sizeof(*box));
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
