// Who may log in, and whose mail is where.
#ifndef TOOLS_MAILBOXD_USERS_H_
#define TOOLS_MAILBOXD_USERS_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/maildrop.h"

#ifdef __cplusplus
extern "C" {
#endif

struct user {
  char *name;
  char *password;
  char *token;          // what OAUTHBEARER and XOAUTH2 must give, or NULL if there is neither
  char *trusted_as;     // the client's user name that RPOP must give, or NULL if there is no RPOP
  struct mailbox *box;  // not owned: users of one path share it
  int has_logged_in;
  int64_t last_login_ms;  // on the monotonic clock
};

// users is a table that is filled once and then sorted. {0} is an empty one.
struct users {
  struct user *list;
  size_t count, cap;
};

// users_add appends a user (the strings are copied) and stores it in |*out|; 0 if memory ran
// out.
int users_add(struct users *users, const char *name, size_t name_len, const char *password,
              struct user **out);

// users_sort makes the table ready for users_find; it returns 0, and in |*out| the name, if
// there are two users of one name.
int users_sort(struct users *users, const char **out);

// users_find returns the user called |name|, or NULL.
struct user *users_find(const struct users *users, const char *name, size_t name_len);

// users_cleanup wipes the passwords and frees the table.
void users_cleanup(struct users *users);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_USERS_H_
