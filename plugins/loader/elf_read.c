#define _GNU_SOURCE 1  // ElfW
#include "plugins/loader/elf_read.h"

#include <errno.h>
#include <unistd.h>

#include "plugins/loader/refusal.h"

pop3_status p3_elf_read(const p3_elf *elf, uint64_t offset, void *out, size_t len,
                        pop3_error *err) {
  if (offset > elf->size || len > elf->size - offset) {
    return p3_refuse(err, POP3_ERR_ARGUMENT, 0, elf->shown,
                     "is malformed: it refers to octets beyond its end");
  }
  for (size_t done = 0; done < len;) {
    const ssize_t n = pread(elf->fd, (char *)out + done, len - done, (off_t)(offset + done));
    if (n > 0) {
      done += (size_t)n;
    } else if (n == 0) {
      return p3_refuse(err, POP3_ERR_ARGUMENT, 0, elf->shown, "became shorter while it was read");
    } else if (errno != EINTR) {
      return p3_refuse_errno(err, POP3_ERR_LOCAL_IO, errno, elf->shown, "read");
    }
  }
  return POP3_OK;
}
