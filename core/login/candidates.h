// What each mechanism that server and plugins have in common is worth here, and why not.
#ifndef POP3_CORE_LOGIN_CANDIDATES_H_
#define POP3_CORE_LOGIN_CANDIDATES_H_

#include <pop3/allocator.h>
#include <pop3/candidate.h>
#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_MECHANISM_MAX is the longest name of a mechanism with its NUL: 20 octets (RFC 4422), and
// some mercy.
#define POP3_MECHANISM_MAX 32
// POP3_WHY_MAX is the longest reason with its NUL.
#define POP3_WHY_MAX 128
// POP3_OFFERS_MAX is how many mechanisms of families a login looks at; no server offers so many.
#define POP3_OFFERS_MAX 96
// POP3_CANDIDATES_MAX is how many it looks at in all.
#define POP3_CANDIDATES_MAX 256

// POP3_PLUS is how the names of mechanisms with channel binding end (RFC 5801 section 3.1).
#define POP3_PLUS "-PLUS"
// POP3_PLUS_LEN is its length.
#define POP3_PLUS_LEN (sizeof(POP3_PLUS) - 1)

// pop3_auth_list is the mechanisms of a program: the tables that its plugins have.
typedef struct pop3_auth_list {
  const pop3_auth_ops *const *at;
  size_t count;
} pop3_auth_list;

// pop3_mechanism is a mechanism that a login looked at.
typedef struct pop3_mechanism {
  const pop3_auth_ops *ops;
  int strength;  // 0 if it is unusable
  int by_name;   // it was asked for by its name
  int policy;    // only the open channel speaks against it
  pop3_candidate_state state;
  char name[POP3_MECHANISM_MAX];
  char why[POP3_WHY_MAX];
} pop3_mechanism;

// pop3_candidate_rules is what the caller demands of a mechanism.
typedef struct pop3_candidate_rules {
  uint32_t floor;  // no mechanism of less strength
  pop3_channel_binding channel_binding;
} pop3_candidate_rules;

// pop3_candidates is the list of the last login or survey.
typedef struct pop3_candidates {
  const pop3_allocator *allocator;
  pop3_mechanism *list;
  size_t count;
  size_t cap;
  int lacked_memory;
  // While they are judged:
  const pop3_auth_list *auths;
  const pop3_candidate_rules *rules;
  const pop3_auth_ops *family;  // it may make offers now, or NULL
  int is_open_channel;          // a readable password would be seen by others
} pop3_candidates;

// pop3_candidates_init makes the list empty. |allocator| must outlive it.
void pop3_candidates_init(pop3_candidates *candidates, const pop3_allocator *allocator);

// pop3_candidates_cleanup frees it.
void pop3_candidates_cleanup(pop3_candidates *candidates);

// pop3_candidates_judge fills the list: asks each of |auths| what it is worth, for the names in
// |asked|, which are separated by commas, or for all that it has if that is NULL. |context| is the
// plugins'; its |offer| must lead to pop3_candidates_offer. POP3_ERR_MEMORY.
pop3_status pop3_candidates_judge(pop3_candidates *candidates, const pop3_auth_list *auths,
                                  const pop3_host *host, pop3_auth_context *context,
                                  const pop3_candidate_rules *rules, const char *asked,
                                  pop3_error *err);

// pop3_candidates_offer takes what a family offers: see pop3_auth_context. Only during
// pop3_candidates_judge.
void pop3_candidates_offer(pop3_candidates *candidates, const char *name, int strength,
                           const char *why);

// pop3_candidates_best returns the index of the one to use, or SIZE_MAX if none is usable.
// |prefers_readable| is for servers that TLS has verified, if the caller named nothing: a readable
// password counts more than a digest of a shared secret.
size_t pop3_candidates_best(const pop3_candidates *candidates, int prefers_readable);

// pop3_candidates_reasons lists the unusable ones and why; |*out_policy| is set if the open channel
// alone speaks against one.
void pop3_candidates_reasons(const pop3_candidates *candidates, char *out, size_t cap,
                             int *out_policy);

// pop3_mechanism_is_plus says whether |mechanism| has channel binding by its name, usable or not.
int pop3_mechanism_is_plus(const pop3_mechanism *mechanism);

// pop3_mechanism_name takes the |index|-th of |names|, which are separated by commas. Returns 0 if
// there are fewer, -1 if it is none, else 1.
int pop3_mechanism_name(const char *names, size_t index, char out[POP3_MECHANISM_MAX]);

// pop3_candidates_check says whether |auths| could play every mechanism that is named in |names|,
// so that no server is asked in vain.
pop3_status pop3_candidates_check(const pop3_auth_list *auths, const char *names, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_CANDIDATES_H_
