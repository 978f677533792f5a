// An mbox: all messages in one file, as mboxrd has it.
//
// A message begins at a line "From ..." that is the file's first or follows an empty line; that
// empty line belongs to no message. Lines of the form >From , >>From  ... lose one '>'. The
// unique-id is a hash of the stored message with its From line, and a number that tells equal ones
// apart.
#ifndef TOOLS_MAILBOXD_MBOX_H_
#define TOOLS_MAILBOXD_MBOX_H_

#include "tools/mailboxd/cache.h"
#include "tools/mailboxd/maildrop.h"

#ifdef __cplusplus
extern "C" {
#endif

// mbox_new returns the mailbox in file |path| (copied), or NULL if memory ran out. |cache| outlives
// it. Whether there is such a file shows when it is opened.
struct mailbox *mbox_new(const char *path, struct cache *cache);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_MBOX_H_
