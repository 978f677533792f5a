#include "tools/mailboxd/auth.h"

#include <openssl/base64.h>
#include <openssl/md5.h>
#include <openssl/mem.h>
#include <stdio.h>
#include <stdlib.h>
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

int auth_same(const char *a, size_t a_len, const char *b, size_t b_len) {
  return a_len == b_len && CRYPTO_memcmp(a, b, a_len) == 0;
}

int auth_decode(uint8_t *out, size_t *out_len, const char *text, size_t len) {
  *out_len = 0;
  return len == 0 || EVP_DecodeBase64(out, out_len, len, (const uint8_t *)text, len) == 1;
}

char *auth_encode(const void *data, size_t len, size_t *out_len) {
  size_t cap;
  char *text = EVP_EncodedLength(&cap, len) == 1 ? malloc(cap) : NULL;
  if (text != NULL) {
    *out_len = EVP_EncodeBlock((uint8_t *)text, data, len);
  }
  return text;
}

void auth_wipe_free(void *data, size_t len) {
  if (data != NULL) {
    OPENSSL_cleanse(data, len);
    free(data);
  }
}
