// A message that lies in a file: all of it (Maildir) or a part of it (mbox).
//
// Small messages and those that must be converted are read into the cache of wire forms. A large
// one that already has wire form is sent by the kernel straight from a mapping, which this program
// never touches itself: should the file be truncated meanwhile, sendmsg fails and the connection is
// closed, in the middle of the message, and nothing worse. A large one that must be converted is
// read and converted piece by piece as the client takes it.
#ifndef TOOLS_MAILBOXD_STORED_H_
#define TOOLS_MAILBOXD_STORED_H_

#include <stdint.h>
#include <sys/stat.h>

#include "tools/mailboxd/cache.h"
#include "tools/mailboxd/maildrop.h"

#ifdef __cplusplus
extern "C" {
#endif

// stored_message says where a message lies and what its wire form is like.
struct stored_message {
  uint64_t offset, len;  // its stored octets
  uint64_t octets;       // its wire form without doubled dots
  uint64_t dots;         // doubled dots
  int is_wire;           // the stored form is the wire form, but for ...
  int lacks_end;         // ... the last line, which has no end
};

// stored_scan reads |message|'s stored octets from |fd| and fills in the rest of it. |hash| (may be
// NULL) is continued with them.
enum drop_status stored_scan(int fd, int unquote, struct stored_message *message, uint64_t *hash);

// stored_open prepares |message| for sending, or its header and |lines| body lines. |fd| stays the
// caller's; |file| is what fstat says of it.
enum drop_status stored_open(int fd, const struct stat *file, int unquote,
                             const struct stored_message *message, uint64_t lines,
                             struct cache *cache, struct body *out);

// stored_modified_ns returns when |file| was changed last.
int64_t stored_modified_ns(const struct stat *file);

// stored_pread reads up to |len| octets at |offset|, all of them unless the file ends; 0 if
// reading fails.
int stored_pread(int fd, void *out, size_t len, uint64_t offset, size_t *out_len);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_STORED_H_
