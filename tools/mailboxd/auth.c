#include "tools/mailboxd/auth.h"

#include <openssl/md5.h>
#include <openssl/mem.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

void auth_stamp(char out[AUTH_STAMP_MAX]) {
  uint8_t random[16];
  out[0] = '\0';
  if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
    return;
  }
  static const char kDigits[] = "0123456789abcdef";
  char *to = out;
  *to++ = '<';
  for (size_t i = 0; i < sizeof(random); i++) {
    *to++ = kDigits[random[i] >> 4];
    *to++ = kDigits[random[i] & 15];
  }
  memcpy(to, "@localhost>", sizeof("@localhost>"));
}

void auth_apop(char out[AUTH_DIGEST_LEN], const char *stamp, const char *password) {
  uint8_t digest[MD5_DIGEST_LENGTH];
  MD5_CTX md5;
  MD5_Init(&md5);
  MD5_Update(&md5, stamp, strlen(stamp));
  MD5_Update(&md5, password, strlen(password));
  MD5_Final(digest, &md5);
  char text[AUTH_DIGEST_LEN + 1];
  for (size_t i = 0; i < sizeof(digest); i++) {
    snprintf(text + 2 * i, 3, "%02x", digest[i]);
  }
  memcpy(out, text, AUTH_DIGEST_LEN);
}

bool auth_same(const char *a, size_t a_len, const char *b, size_t b_len) {
  return a_len == b_len && CRYPTO_memcmp(a, b, a_len) == 0;
}
