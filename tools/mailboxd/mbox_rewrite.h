// Removing messages from an mbox.
#ifndef TOOLS_MAILBOXD_MBOX_REWRITE_H_
#define TOOLS_MAILBOXD_MBOX_REWRITE_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "tools/mailboxd/maildrop.h"

#ifdef __cplusplus
extern "C" {
#endif

// mbox_cut is a run of octets to leave out.
struct mbox_cut {
  uint64_t start, end;
};

// mbox_rewrite replaces the file |path|, of which |fd| is open and |seen| is what fstat said when
// it was read, by one without the |cuts| (in ascending order). Mail that was appended meanwhile is
// kept. The new file is complete and on disk before it takes the place of the old one, and
// PATH.lock excludes programs that deliver mail; if there is such a lock, or the file has changed
// otherwise, nothing happens and the answer is DROP_TEMP.
enum drop_status mbox_rewrite(const char *path, int fd, const struct stat *seen,
                              const struct mbox_cut *cuts, size_t num_cuts);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_MBOX_REWRITE_H_
