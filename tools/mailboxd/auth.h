// Proofs of identity: the APOP digest, comparing secrets, and the shape of a SASL mechanism.
#ifndef TOOLS_MAILBOXD_AUTH_H_
#define TOOLS_MAILBOXD_AUTH_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/io.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tls;
struct user;
struct users;

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
int auth_same(const char *a, size_t a_len, const char *b, size_t b_len);

// What a mechanism makes of a response.
enum auth_step {
  AUTH_CHALLENGE,  // another challenge is to be sent
  AUTH_SUCCESS,    // `user` has proved who it is
  AUTH_FAILURE
};

// auth_answer is what a step leaves.
struct auth_answer {
  const void *challenge;  // its octets, valid until the next call
  size_t challenge_len;
  struct user *user;
  struct io_layer
      layer;  // with AUTH_SUCCESS: what protects the connection from now on, if anything
};

// auth_context is what a mechanism may know of the connection.
struct auth_context {
  const struct users *users;
  const char *anonymous;  // who ANONYMOUS is, or NULL
  const struct tls *tls;  // or NULL
  int layers;             // a mechanism may protect the connection
};

// auth_mech is a SASL mechanism on the server's side (RFC 5034). session_config lists those that
// AUTH and CAPA may offer. Order of calls: start, step any number of times, end.
struct auth_mech {
  const char *name;
  // offered says whether it is possible on this connection. NULL: always.
  int (*offered)(const struct auth_mech *mech, const struct auth_context *context);
  // start begins an exchange and returns its state, or NULL if memory ran out. |context| outlives
  // the exchange.
  void *(*start)(const struct auth_mech *mech, const struct auth_context *context);
  // step takes a response, decoded; |response| is NULL if the client sent no initial response.
  enum auth_step (*step)(void *state, const uint8_t *response, size_t response_len,
                         struct auth_answer *out);
  // end frees the state, whatever became of the exchange.
  void (*end)(void *state);
};

// auth_exchange is an AUTH command under way; {0} is none.
struct auth_exchange {
  const struct auth_mech *mech;
  void *state;
  struct auth_context context;
};

// auth_decode decodes base64 into |out|, which has room for |len| octets; 0 if it is none.
int auth_decode(uint8_t *out, size_t *out_len, const char *text, size_t len);

// auth_encode encodes as base64, in memory of its own, NUL-terminated; NULL if there is none.
char *auth_encode(const void *data, size_t len, size_t *out_len);

// auth_wipe_free overwrites |len| octets and frees them. NULL does nothing.
void auth_wipe_free(void *data, size_t len);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_AUTH_H_
