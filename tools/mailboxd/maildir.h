// A Maildir: each message is a file in new/ or cur/.
//
// The unique-id is the file name up to the ':' where flags begin, if that is a valid unique-id, and
// a hash of it otherwise. Files whose names begin with a dot are no messages. Nothing is moved or
// renamed; deleting is unlinking.
#ifndef TOOLS_MAILBOXD_MAILDIR_H_
#define TOOLS_MAILBOXD_MAILDIR_H_

#include "tools/mailboxd/cache.h"
#include "tools/mailboxd/maildrop.h"

#ifdef __cplusplus
extern "C" {
#endif

// maildir_new returns the mailbox in directory |path| (copied), or NULL if memory ran out. |cache|
// outlives it. Whether there is such a directory shows when it is opened.
struct mailbox *maildir_new(const char *path, struct cache *cache);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_MAILDIR_H_
