// The lock of an mbox as other mail programs on Debian take it: first FILE.lock, then fcntl.
#ifndef POP3_TOOLS_CLI_MBOX_LOCK_H_
#define POP3_TOOLS_CLI_MBOX_LOCK_H_

#include <pop3/status.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_mbox_lock is an mbox that is open and locked.
typedef struct cli_mbox_lock {
  int fd;          // the mbox, for reading and writing; -1 when not locked
  char *dot_path;  // FILE.lock if that was made, else NULL
  int taken_over;  // 1: a FILE.lock that was left over was taken away for it (dot_lock.h)
} cli_mbox_lock;

// CLI_MBOX_LOCK_INIT is not locked.
#define CLI_MBOX_LOCK_INIT \
  { -1, NULL, 0 }

// cli_mbox_lock_take opens |path|, creating it with mode 0600 if it is missing, and locks it,
// trying for up to |wait_ms| milliseconds, or until a signal comes. A symbolic link is followed if
// it is root's or this user's. A directory in which FILE.lock cannot be made for lack
// of permission leaves fcntl alone to do it. Fails with POP3_ERR_LOCAL_IO or POP3_ERR_MEMORY.
pop3_status cli_mbox_lock_take(cli_mbox_lock *lock, const char *path, int64_t wait_ms,
                               pop3_error *err);

// cli_mbox_lock_release closes and unlocks, if locked. Returns 0, or the errno of close.
int cli_mbox_lock_release(cli_mbox_lock *lock);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_MBOX_LOCK_H_
