// Proofs of identity: the APOP digest, comparing secrets, and the shape of a SASL mechanism.
#ifndef TOOLS_MAILBOXD_AUTH_H_
#define TOOLS_MAILBOXD_AUTH_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct user;

// AUTH_STAMP_MAX is room for an APOP timestamp and its NUL.
#define AUTH_STAMP_MAX 52u
// AUTH_DIGEST_LEN is the length of an APOP digest in hexadecimal.
#define AUTH_DIGEST_LEN 32u

// auth_stamp makes a timestamp for the greeting that nobody can foretell; "" if the system has no
// random numbers.
void auth_stamp(char out[AUTH_STAMP_MAX]);

// auth_apop writes MD5(stamp, password) in hexadecimal, without a NUL (RFC 1939, APOP).
void auth_apop(char out[AUTH_DIGEST_LEN], const char *stamp, const char *password);

// auth_same compares two secrets in a time that depends on their lengths only.
bool auth_same(const char *a, size_t a_len, const char *b, size_t b_len);

// What a mechanism makes of a response.
enum auth_step {
  AUTH_CHALLENGE,  // another challenge is to be sent
  AUTH_SUCCESS,    // `user` has proved who it is
  AUTH_FAILURE
};

// auth_answer is what a step leaves.
struct auth_answer {
  const char *challenge;  // as it goes on the wire (base64), valid until the next call
  size_t challenge_len;
  struct user *user;
};

// auth_mech is a SASL mechanism on the server's side (RFC 5034). None is built in yet;
// session_config lists those that AUTH and CAPA offer. Order of calls: start, step any number of
// times, end.
struct auth_mech {
  const char *name;
  // start begins an exchange and returns its state, or NULL if memory ran out.
  void *(*start)(const struct auth_mech *mech);
  // step takes a response as it came over the wire (base64, or "=" for an empty initial one);
  // |response| is NULL if the client sent no initial response.
  enum auth_step (*step)(void *state, const char *response, size_t response_len,
                         struct auth_answer *out);
  // end frees the state, whatever became of the exchange.
  void (*end)(void *state);
};

// auth_exchange is an AUTH command under way; {0} is none.
struct auth_exchange {
  const struct auth_mech *mech;
  void *state;
};

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_AUTH_H_
