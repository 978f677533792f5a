#include "tools/cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int cli_output_failed(int *sys_errno) {
  int now = errno;
  if (!ferror(stdout)) return 0;
  if (*sys_errno == 0) *sys_errno = now == 0 ? EIO : now;
  return 1;
}

pop3_status cli_output_finish(int sys_errno, pop3_error *err) {
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout)) return POP3_OK;
  if (sys_errno == 0) sys_errno = errno == 0 ? EIO : errno;
  return pop3_error_set(err, POP3_ERR_LOCAL_IO, "cli", sys_errno,
                        "cannot write to standard output: %s", strerror(sys_errno));
}
