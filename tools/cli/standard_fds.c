#define _POSIX_C_SOURCE 200809L
#include "tools/cli/standard_fds.h"

#include <fcntl.h>
#include <unistd.h>

int cli_standard_fds_guard(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    // The lowest free descriptor is this one. It is opened the wrong way round, for errors.
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) return 0;
  }
  return 1;
}
