// Making the table of users from what the command line and the users file say.
#ifndef TOOLS_MAILBOXD_ACCOUNTS_H_
#define TOOLS_MAILBOXD_ACCOUNTS_H_

#include <stddef.h>

#include "tools/mailboxd/mailboxes.h"
#include "tools/mailboxd/options.h"
#include "tools/mailboxd/users.h"

#ifdef __cplusplus
extern "C" {
#endif

// accounts_load fills |users| and |boxes|. 0 if something is wrong: |why| says what, never with
// a password.
int accounts_load(struct users *users, struct mailboxes *boxes, const struct options *options,
                  char *why, size_t why_size);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_ACCOUNTS_H_
