// A shell command as a child process with a socket and a pipe to it. Nothing here blocks.
#ifndef POP3_PLUGINS_EXEC_CHILD_H_
#define POP3_PLUGINS_EXEC_CHILD_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// pop3_child is a command. -1 stands for a descriptor that is not open.
typedef struct pop3_child {
  pid_t pid;    // 0: none, or it has ended
  int socket;   // its standard input and output
  int errors;   // its standard error, for reading
  int process;  // becomes readable when it ends (pidfd_open); -1 where there is no such thing
} pop3_child;

// POP3_CHILD_INIT is one that does not run.
#define POP3_CHILD_INIT \
  { 0, -1, -1, -1 }

// pop3_child_start runs |command| with /bin/sh. Returns 0, or the errno of what failed; |*out| is
// POP3_CHILD_INIT then.
int pop3_child_start(pop3_child *out, const char *command);

// pop3_child_ended says whether the command has ended. 1: with the wait status |*out_status|, or -1
// if that cannot be known. Once only.
int pop3_child_ended(pop3_child *child, int *out_status);

// pop3_child_close closes everything and sees to it that the process ends and is reaped.
void pop3_child_close(pop3_child *child);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_EXEC_CHILD_H_
