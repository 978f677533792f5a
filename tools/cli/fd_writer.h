// A write buffer for a descriptor: many small pieces cost one system call.
#ifndef POP3_TOOLS_CLI_FD_WRITER_H_
#define POP3_TOOLS_CLI_FD_WRITER_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/cli/patience.h"

#ifdef __cplusplus
extern "C" {
#endif

// CLI_FD_WRITER_BUFFER is the size of the buffer.
#define CLI_FD_WRITER_BUFFER 65536

// cli_fd_writer collects octets for |fd|, which it does not own. Large pieces go straight through.
typedef struct cli_fd_writer {
  int fd;
  size_t len;
  uint8_t buffer[CLI_FD_WRITER_BUFFER];
} cli_fd_writer;

// cli_fd_writer_start points |writer| to |fd| and drops what it holds.
void cli_fd_writer_start(cli_fd_writer *writer, int fd);

// cli_fd_writer_put appends |data|. Returns 0, or the errno of the write that failed; the writer is
// good for nothing but start then.
int cli_fd_writer_put(cli_fd_writer *writer, const uint8_t *data, size_t data_len);

// cli_fd_writer_flush writes what the buffer holds. Returns 0 or an errno.
int cli_fd_writer_flush(cli_fd_writer *writer);

// cli_write_all writes |data| to |fd|. Where somebody else has to take it first, a pipe's reader or
// a terminal, it waits until a signal was caught (EINTR) or cli_write_limit's patience is over
// (ETIMEDOUT). Returns 0 or an errno.
int cli_write_all(int fd, const uint8_t *data, size_t data_len);

// cli_write_limit says how long all writes of this program wait; NULL, as at first: without limit.
// A sink cannot be told by the session, whose clock does not run while the sink writes. |patience|
// must stay valid.
void cli_write_limit(const cli_patience *patience);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FD_WRITER_H_
