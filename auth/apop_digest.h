// What the mechanism "apop" and pop3_apop_digest have in common.
#ifndef POP3_AUTH_APOP_DIGEST_H_
#define POP3_AUTH_APOP_DIGEST_H_

#include <pop3/plugins/apop.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_apop_input is what is hashed, and how memory is wiped (pop3_host.wipe).
typedef struct p3_apop_input {
  const char *timestamp;
  size_t timestamp_len;
  const void *password;
  size_t password_len;
  void (*wipe)(void *ctx, void *ptr, size_t len);
  void *ctx;
} p3_apop_input;

// p3_apop_hash does what pop3_apop_digest does. Returns 0 if there is no MD5: |out| is "".
int p3_apop_hash(const p3_apop_input *in, char out[POP3_APOP_DIGEST_SIZE]);

// p3_apop_no_md5 says in static words why there is none; |*out_code| is BoringSSL's.
const char *p3_apop_no_md5(uint32_t *out_code);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_APOP_DIGEST_H_
