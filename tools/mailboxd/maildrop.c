#include "tools/mailboxd/maildrop.h"

#include <stdlib.h>

enum drop_status maildrop_open(struct mailbox *box, struct maildrop **out) {
  if (box->sessions > 0 && !box->shared) {
    return DROP_IN_USE;
  }
  enum drop_status status = box->ops->open(box, out);
  if (status == DROP_OK) {
    (*out)->box = box;
    box->sessions++;
  }
  return status;
}

void maildrop_close(struct maildrop *drop) {
  if (drop == NULL) {
    return;
  }
  drop->box->sessions--;
  free(drop->marks);
  drop->ops->free(drop);
}

enum drop_status maildrop_commit(struct maildrop *drop) {
  return drop->gone == 0 ? DROP_OK : drop->ops->commit(drop);
}

int maildrop_is_marked(const struct maildrop *drop, uint32_t n) {
  return drop->marks != NULL && (drop->marks[(n - 1) / 64] >> ((n - 1) % 64) & 1u) != 0;
}

int maildrop_has(const struct maildrop *drop, uint64_t n) {
  return n >= 1 && n <= drop->count && !maildrop_is_marked(drop, (uint32_t)n);
}

int maildrop_mark(struct maildrop *drop, uint32_t n) {
  if (drop->marks == NULL) {
    drop->marks = calloc(((size_t)drop->count + 63) / 64, sizeof(*drop->marks));
    if (drop->marks == NULL) {
      return 0;
    }
  }
  drop->marks[(n - 1) / 64] |= UINT64_C(1) << ((n - 1) % 64);
  drop->gone++;
  drop->gone_octets += drop->ops->size(drop, n);
  return 1;
}

void maildrop_reset(struct maildrop *drop) {
  free(drop->marks);
  drop->marks = NULL;
  drop->gone = 0;
  drop->gone_octets = 0;
  drop->last = 0;
}
