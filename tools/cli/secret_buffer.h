// Reading octets that are secret, of which no copy stays behind.
#ifndef POP3_TOOLS_CLI_SECRET_BUFFER_H_
#define POP3_TOOLS_CLI_SECRET_BUFFER_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// CLI_SECRET_MAX is how many octets there may be.
#define CLI_SECRET_MAX (1 << 20)

// cli_secret_buffer is what was read. All zeros is an empty one.
typedef struct cli_secret_buffer {
  uint8_t *data;
  size_t len;
  size_t cap;
} cli_secret_buffer;

// cli_secret_buffer_read reads once from |fd| and appends. |*out_end| becomes 1 at the end. Returns
// 0 or an errno: EAGAIN if nothing is there yet, EFBIG past CLI_SECRET_MAX, ENOMEM.
int cli_secret_buffer_read(cli_secret_buffer *buffer, int fd, int *out_end);

// cli_secret_buffer_cleanup wipes it, frees it and makes it empty.
void cli_secret_buffer_cleanup(cli_secret_buffer *buffer);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_SECRET_BUFFER_H_
