// The mechanisms of Cyrus SASL, with our own users instead of its databases and no file of /etc.
#ifndef TOOLS_MAILBOXD_CYRUS_H_
#define TOOLS_MAILBOXD_CYRUS_H_

#include <stddef.h>

#include "tools/mailboxd/auth.h"

#ifdef __cplusplus
extern "C" {
#endif

// CYRUS_MECHS is how many mechanisms there may be.
#define CYRUS_MECHS 12u

// cyrus_start loads what is installed, once in a process, and appends to |out| the mechanisms that
// are there; |*count| grows. Passwords are those of |users|, which outlive it. It says so on
// standard error if the usual ones are missing. 0 if Cyrus SASL itself fails: |why| says so.
int cyrus_start(const struct users *users, const struct auth_mech **out, size_t *count, char *why,
                size_t why_size);

// cyrus_stop ends it; nothing happens if it was not started.
void cyrus_stop(void);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_CYRUS_H_
