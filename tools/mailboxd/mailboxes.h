// Which mailboxes there are: from the words on the command line to mailboxes that sessions can
// open.
#ifndef TOOLS_MAILBOXD_MAILBOXES_H_
#define TOOLS_MAILBOXD_MAILBOXES_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/cache.h"
#include "tools/mailboxd/maildrop.h"
#include "tools/mailboxd/users.h"

#ifdef __cplusplus
extern "C" {
#endif

enum mailbox_kind { MAILBOX_NONE, MAILBOX_MAILDIR, MAILBOX_MBOX, MAILBOX_GENERATED };

// mailbox_spec names a mailbox.
struct mailbox_spec {
  enum mailbox_kind kind;
  const char *path;  // Maildir and mbox
  uint32_t count;    // generated
  uint64_t size;
};

// mailboxes owns all mailboxes. {0} is none.
struct mailboxes {
  struct mailboxes_entry *list;
  size_t count, cap;
  struct cache *cache;  // not owned
  int shared;           // sessions do not lock
};

// mailbox_spec_generate reads COUNTxSIZE, as 20000x4K; on 0 |*out_why| says in words what is
// wrong.
int mailbox_spec_generate(struct mailbox_spec *out, const char *text, const char **out_why);

// mailboxes_get returns the mailbox of |spec|. Users who name the same path get the same one; a
// generated one is each user's own, though its content is held once. NULL if memory ran out.
struct mailbox *mailboxes_get(struct mailboxes *boxes, const struct mailbox_spec *spec);

// mailboxes_cleanup frees all of them; no session is open.
void mailboxes_cleanup(struct mailboxes *boxes);

// mailboxes_number reads a decimal number with an optional K, M or G (1024-fold), no larger than
// |max|.
int mailboxes_number(const char *text, size_t text_len, uint64_t max, uint64_t *out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_MAILBOXES_H_
