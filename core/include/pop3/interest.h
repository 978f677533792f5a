// What a session waits for: the meeting point of transports and event loops.
#ifndef POP3_INTEREST_H_
#define POP3_INTEREST_H_

#include <pop3/size.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_WAIT_READ and POP3_WAIT_WRITE are the events of a descriptor.
#define POP3_WAIT_READ UINT32_C(1)
#define POP3_WAIT_WRITE UINT32_C(2)

// POP3_INTEREST_FDS is how many descriptors a session waits for at the most: one when connected,
// several while addresses are raced (RFC 8305).
#define POP3_INTEREST_FDS 8

// POP3_NO_DEADLINE means that no time limit applies.
#define POP3_NO_DEADLINE INT64_C(-1)

// pop3_interest says when it is worth calling again.
typedef struct pop3_interest {
  uint32_t size;    // sizeof(pop3_interest)
  uint32_t events;  // what the layer above waits for: POP3_WAIT_*
  uint32_t num_fds;
  uint32_t reserved;
  struct {
    int fd;
    uint32_t events;  // POP3_WAIT_*; errors and hang-ups are implied
  } fds[POP3_INTEREST_FDS];
  int64_t deadline_ms;  // call at this time of the session's clock at the latest;
                        // POP3_NO_DEADLINE if none
} pop3_interest;

// POP3_INTEREST_INIT is an empty pop3_interest.
#define POP3_INTEREST_INIT \
  { POP3_SIZEOF(pop3_interest), 0, 0, 0, {{0, 0}}, POP3_NO_DEADLINE }

#ifdef __cplusplus
}
#endif

#endif  // POP3_INTEREST_H_
