// A shell command as a child process with a socket and a pipe to it. Nothing here blocks.
#ifndef POP3_PLUGINS_EXEC_CHILD_H_
#define POP3_PLUGINS_EXEC_CHILD_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_child is a command. -1 stands for a descriptor that is not open.
typedef struct p3_child {
  pid_t pid;    // 0: none, or it has ended
  int socket;   // its standard input and output
  int errors;   // its standard error, for reading
  int process;  // becomes readable when it ends (pidfd_open); -1 where there is no such thing
} p3_child;

// P3_CHILD_INIT is one that does not run.
#define P3_CHILD_INIT \
  { 0, -1, -1, -1 }

// p3_child_start runs |command| with /bin/sh. Returns 0, or the errno of what failed; |*out| is
// P3_CHILD_INIT then.
int p3_child_start(p3_child *out, const char *command);

// p3_child_ended says whether the command has ended. 1: with the wait status |*out_status|, or -1
// if that cannot be known. Once only.
int p3_child_ended(p3_child *child, int *out_status);

// p3_child_close closes everything and sees to it that the process ends and is reaped.
void p3_child_close(p3_child *child);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_EXEC_CHILD_H_
