// What each mechanism that server and plugins have in common is worth here, and why not.
#ifndef POP3_CORE_LOGIN_CANDIDATES_H_
#define POP3_CORE_LOGIN_CANDIDATES_H_

#include <pop3/allocator.h>
#include <pop3/candidate.h>
#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif

// P3_MECHANISM_MAX is the longest name of a mechanism with its NUL: 20 octets (RFC 4422), and
// some mercy.
#define P3_MECHANISM_MAX 32
// P3_WHY_MAX is the longest reason with its NUL.
#define P3_WHY_MAX 128
// P3_OFFERS_MAX is how many mechanisms of families a login looks at; no server offers so many.
#define P3_OFFERS_MAX 96
// P3_CANDIDATES_MAX is how many it looks at in all.
#define P3_CANDIDATES_MAX 256

// P3_PLUS is how the names of mechanisms with channel binding end (RFC 5801 section 3.1).
#define P3_PLUS "-PLUS"
// P3_PLUS_LEN is its length.
#define P3_PLUS_LEN (sizeof(P3_PLUS) - 1)

// p3_auth_list is the mechanisms of a program: the tables that its plugins have.
typedef struct p3_auth_list {
  const pop3_auth_ops *const *at;
  size_t count;
} p3_auth_list;

// p3_mechanism is a mechanism that a login looked at.
typedef struct p3_mechanism {
  const pop3_auth_ops *ops;
  int strength;  // 0 if it is unusable
  int by_name;   // it was asked for by its name
  int policy;    // only the open channel speaks against it
  pop3_candidate_state state;
  char name[P3_MECHANISM_MAX];
  char why[P3_WHY_MAX];
} p3_mechanism;

// p3_candidate_rules is what the caller demands of a mechanism.
typedef struct p3_candidate_rules {
  uint32_t floor;  // no mechanism of less strength
  pop3_channel_binding channel_binding;
} p3_candidate_rules;

// p3_candidates is the list of the last login or survey.
typedef struct p3_candidates {
  const pop3_allocator *allocator;
  p3_mechanism *list;
  size_t count;
  size_t cap;
  int lacked_memory;
  // While they are judged:
  const p3_auth_list *auths;
  const p3_candidate_rules *rules;
  const pop3_auth_ops *family;  // it may make offers now, or NULL
  int is_open_channel;          // a readable password would be seen by others
  int is_for_another;           // the caller wants to act for somebody else
} p3_candidates;

// p3_candidates_init makes the list empty. |allocator| must outlive it.
void p3_candidates_init(p3_candidates *candidates, const pop3_allocator *allocator);

// p3_candidates_cleanup frees it.
void p3_candidates_cleanup(p3_candidates *candidates);

// p3_candidates_judge fills the list: asks each of |auths| what it is worth, for the names in
// |asked|, which are separated by commas, or for all that it has if that is NULL. |context| is the
// plugins'; its |offer| must lead to p3_candidates_offer. POP3_ERR_MEMORY.
pop3_status p3_candidates_judge(p3_candidates *candidates, const p3_auth_list *auths,
                                const pop3_host *host, pop3_auth_context *context,
                                const p3_candidate_rules *rules, const char *asked,
                                pop3_error *err);

// p3_candidates_offer takes what a family offers: see pop3_auth_context. Only during
// p3_candidates_judge.
void p3_candidates_offer(p3_candidates *candidates, const char *name, int strength,
                         const char *why);

// p3_candidates_best returns the index of the one to use, or SIZE_MAX if none is usable.
// |prefers_readable| is for servers that TLS has verified, if the caller named nothing: a readable
// password counts more than a digest of a shared secret.
size_t p3_candidates_best(const p3_candidates *candidates, int prefers_readable);

// p3_candidates_reasons lists the unusable ones and why; |*out_policy| is set if the open channel
// alone speaks against one.
void p3_candidates_reasons(const p3_candidates *candidates, char *out, size_t cap, int *out_policy);

// p3_mechanism_is_plus says whether |mechanism| has channel binding by its name, usable or not.
int p3_mechanism_is_plus(const p3_mechanism *mechanism);

// p3_mechanism_name takes the |index|-th of |names|, which are separated by commas. Returns 0 if
// there are fewer, -1 if it is none, else 1.
int p3_mechanism_name(const char *names, size_t index, char out[P3_MECHANISM_MAX]);

// p3_candidates_check says whether |auths| could play every mechanism that is named in |names|,
// so that no server is asked in vain.
pop3_status p3_candidates_check(const p3_auth_list *auths, const char *names, pop3_error *err);

// p3_candidates_need_capabilities says whether what the server can makes a difference where |names|
// was asked for: always if that names several, as a damaged CAPA then matters.
int p3_candidates_need_capabilities(const p3_auth_list *auths, const char *names);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_CANDIDATES_H_
