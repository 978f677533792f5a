// What a maildrop is to a session, wherever its mail comes from.
#ifndef TOOLS_MAILBOXD_MAILDROP_H_
#define TOOLS_MAILBOXD_MAILDROP_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/body.h"

#ifdef __cplusplus
extern "C" {
#endif

// MAILDROP_UID_MAX is the longest unique-id (RFC 1939), without its final NUL.
#define MAILDROP_UID_MAX 70u
// MAILDROP_ALL asks for a whole message where a number of body lines could be given.
#define MAILDROP_ALL UINT64_MAX

enum drop_status {
  DROP_OK,
  DROP_IN_USE,  // another session holds it: [IN-USE]
  DROP_TEMP,    // it may work later: [SYS/TEMP]
  DROP_PERM     // somebody must repair something: [SYS/PERM]
};

struct maildrop;

// mailbox is where mail lies; it outlives sessions. One session of this server at a time holds it,
// unless it is `shared`.
struct mailbox {
  const struct mailbox_ops *ops;
  int shared;         // sessions do not exclude each other
  uint32_t sessions;  // sessions that have it open
};

struct mailbox_ops {
  // open takes a snapshot for one session and stores it in |*out|.
  enum drop_status (*open)(struct mailbox *box, struct maildrop **out);
  // free gives back everything; no session is open.
  void (*free)(struct mailbox *box);
};

// maildrop is one session's view of a mailbox: messages 1 to count, some marked as deleted.
struct maildrop {
  const struct maildrop_ops *ops;
  struct mailbox *box;
  uint32_t count;        // messages, deleted ones included
  uint64_t octets;       // of all of them
  uint32_t last;         // highest message that was accessed (LAST)
  uint32_t gone;         // messages marked as deleted
  uint64_t gone_octets;  // and their octets
  uint64_t *marks;       // one bit for each message, or NULL while none is marked
};

// maildrop_ops work on a message by its number n, 1 <= n <= count.
struct maildrop_ops {
  // size returns the octets of the wire form, doubled dots not counted.
  uint64_t (*size)(const struct maildrop *drop, uint32_t n);
  // uid writes the unique-id, without a NUL, and returns its length, 1 to MAILDROP_UID_MAX.
  size_t (*uid)(const struct maildrop *drop, uint32_t n, char out[MAILDROP_UID_MAX]);
  // open prepares the header and |lines| body lines for sending. |*out| is initialised by the
  // caller and cleaned up by it only after DROP_OK.
  enum drop_status (*open)(struct maildrop *drop, uint32_t n, uint64_t lines, struct body *out);
  // commit removes the marked messages for good: all, or as many as could be if it is not DROP_OK.
  enum drop_status (*commit)(struct maildrop *drop);
  // free gives back what open made.
  void (*free)(struct maildrop *drop);
};

// maildrop_open opens |box| for a session, if no other has it.
enum drop_status maildrop_open(struct mailbox *box, struct maildrop **out);

// maildrop_close ends the session without removing anything. NULL does nothing.
void maildrop_close(struct maildrop *drop);

// maildrop_commit removes what is marked. The session should close the maildrop next.
enum drop_status maildrop_commit(struct maildrop *drop);

// maildrop_has says whether |n| names a message that is not marked.
int maildrop_has(const struct maildrop *drop, uint64_t n);

// maildrop_is_marked says whether message |n|, which exists, is marked.
int maildrop_is_marked(const struct maildrop *drop, uint32_t n);

// maildrop_mark marks message |n|, which exists and is not marked; 0 if memory ran out.
int maildrop_mark(struct maildrop *drop, uint32_t n);

// maildrop_reset removes all marks and forgets which message was accessed last (RSET).
void maildrop_reset(struct maildrop *drop);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_MAILDROP_H_
