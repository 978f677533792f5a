// FILE.lock, the lock that mail programs agree on, and what becomes of one that a killed program
// has left behind.
//
// Such a lock says who holds it: "PID", as liblockfile writes it, or "PID:HOST", as Dovecot and we
// do. It is left over if PID is no process of this machine any more, or is our own number (in
// containers numbers repeat with each start). Of another HOST nothing is known: its lock is never
// taken; and none while a program holds an fcntl lock on FILE. A lock that names no process, as
// procmail's, is left over when nobody has touched it for CLI_DOT_LOCK_STALE_S.
#ifndef POP3_TOOLS_CLI_DOT_LOCK_H_
#define POP3_TOOLS_CLI_DOT_LOCK_H_

#ifdef __cplusplus
extern "C" {
#endif

// CLI_DOT_LOCK_STALE_S is how old, in seconds, a lock that names no process must be: more than the
// 1024 s after which procmail, and the 5 minutes after which liblockfile, take it away.
#define CLI_DOT_LOCK_STALE_S 1800

// cli_dot_lock is how a try has ended.
typedef enum cli_dot_lock {
  CLI_DOT_LOCK_MADE = 0,
  CLI_DOT_LOCK_HELD,       // by somebody else
  CLI_DOT_LOCK_FORBIDDEN,  // this user may make no file there
  CLI_DOT_LOCK_FAILED
} cli_dot_lock;

// CLI_DOT_LOCK_TEMP is how the names of the files begin from which locks are made (temp_file.h).
#define CLI_DOT_LOCK_TEMP ".pop3-"

// cli_dot_lock_sweep removes such files that a killed program has left in the directory of |path|.
void cli_dot_lock_sweep(const char *path);

// cli_dot_lock_take tries to make the file |path|, which ends in ".lock", taking one that is left
// over away first; |*out_taken_over| is 1 then. |*out_errno| is set with CLI_DOT_LOCK_FAILED.
cli_dot_lock cli_dot_lock_take(const char *path, int *out_taken_over, int *out_errno);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_DOT_LOCK_H_
