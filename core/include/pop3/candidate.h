// A mechanism that a login considered.
#ifndef POP3_CANDIDATE_H_
#define POP3_CANDIDATE_H_

#include <pop3/size.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_candidate_state is what became of a mechanism in the last login or survey.
typedef enum pop3_candidate_state {
  POP3_CANDIDATE_UNUSABLE = 0,  // |why| says why
  POP3_CANDIDATE_USABLE,
  POP3_CANDIDATE_CHOSEN,
  POP3_CANDIDATE_REFUSED  // it was tried, and the server answered -ERR: |why| has its text
} pop3_candidate_state;

// pop3_candidate is one mechanism that was considered. Start from POP3_CANDIDATE_INIT. Strings are
// NUL-terminated.
typedef struct pop3_candidate {
  uint32_t size;  // sizeof(pop3_candidate)
  pop3_candidate_state state;
  int32_t strength;  // see pop3_auth_ops.score; 0 if unusable
  uint32_t reserved;
  const char *mechanism;  // "user", "SCRAM-SHA-256-PLUS"
  const char *plugin;     // the name of the table that plays it: "user", "sasl"
  const char *why;        // "" unless unusable, or refused: then what was said of it
} pop3_candidate;

// POP3_CANDIDATE_INIT is an empty pop3_candidate.
#define POP3_CANDIDATE_INIT \
  { POP3_SIZEOF(pop3_candidate), POP3_CANDIDATE_UNUSABLE, 0, 0, NULL, NULL, NULL }

// pop3_candidate_init is POP3_CANDIDATE_INIT for languages without macros. |size| is how large the
// caller's struct is: nothing is written behind it.
void pop3_candidate_init(pop3_candidate *candidate, size_t size);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CANDIDATE_H_
