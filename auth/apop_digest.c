// It calls nothing of libpop3, as it is part of the loadable plugin, too.
#include "auth/apop_digest.h"

#include <openssl/err.h>
#include <openssl/md5.h>
#include <stdio.h>
#include <string.h>

#define LAYER "apop"

int p3_apop_hash(const p3_apop_input *in, char out[POP3_APOP_DIGEST_SIZE]) {
  MD5_CTX md5;
  uint8_t digest[MD5_DIGEST_LENGTH];
  const int ok = MD5_Init(&md5) && MD5_Update(&md5, in->timestamp, in->timestamp_len) &&
                 MD5_Update(&md5, in->password, in->password_len) && MD5_Final(digest, &md5);
  size_t len = 0;
  for (size_t i = 0; ok && i < sizeof(digest); i++) {
    out[len++] = "0123456789abcdef"[digest[i] >> 4];
    out[len++] = "0123456789abcdef"[digest[i] & 15];
  }
  out[len] = '\0';
  in->wipe(in->ctx, &md5, sizeof(md5));
  in->wipe(in->ctx, digest, sizeof(digest));
  return ok;
}

const char *p3_apop_no_md5(uint32_t *out_code) {
  // An import library of BoringSSL's shared one says so if that is missing.
  const uint32_t code = ERR_peek_error();
  const char *why = code != 0 ? ERR_reason_error_string(code) : NULL;
  *out_code = code;
  return why != NULL ? why : "BoringSSL is missing";
}

// --- For programs

static void wipe(void *ctx, void *ptr, size_t len) {
  volatile uint8_t *octets = ptr;
  (void)ctx;
  while (len > 0) octets[--len] = 0;
}

// Fills |err| as pop3_error_set does; what stands in |words| is ours or BoringSSL's.
static pop3_status fail(pop3_error *err, pop3_status status, int64_t lib_code, const char *words,
                        const char *more) {
  if (err == NULL) return status;
  memset(err, 0, sizeof(*err));
  err->status = status;
  err->lib_code = lib_code;
  (void)snprintf(err->layer, sizeof(err->layer), "%s", LAYER);
  (void)snprintf(err->text, sizeof(err->text), "%s%s", words, more);
  return status;
}

pop3_status pop3_apop_digest(char out[POP3_APOP_DIGEST_SIZE], const char *timestamp,
                             size_t timestamp_len, const char *password, size_t password_len,
                             pop3_error *err) {
  out[0] = '\0';
  if (timestamp_len < 2 || timestamp[0] != '<' || timestamp[timestamp_len - 1] != '>') {
    return fail(err, POP3_ERR_ARGUMENT, 0, "the timestamp does not stand in angle brackets", "");
  }
  const p3_apop_input in = {timestamp, timestamp_len, password, password_len, wipe, NULL};
  if (!p3_apop_hash(&in, out)) {
    uint32_t code;
    const char *why = p3_apop_no_md5(&code);
    return fail(err, POP3_ERR_UNSUPPORTED, code, "there is no MD5: ", why);
  }
  if (err != NULL) memset(err, 0, sizeof(*err));
  return POP3_OK;
}
