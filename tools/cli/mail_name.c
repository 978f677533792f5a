#include "tools/cli/mail_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// "~~" and 16 digits.
#define DIGEST_LEN 18

static int stays(char c, int is_first) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return 1;
  // A file that begins with a dot is hidden, one that begins with a dash is taken for an option.
  return c == '_' || ((c == '-' || c == '.') && !is_first);
}

// FNV-1a. Ids whose digests are the same are no harm: no file takes the place of another.
static uint64_t digest(const char *text) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *text != '\0'; ++text) hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
  return hash;
}

void cli_mail_name(char out[CLI_MAIL_NAME_MAX], const cli_message_id *id) {
  if (id->uid == NULL) {
    (void)snprintf(out, CLI_MAIL_NAME_MAX, "%s%" PRIu32, id->others_have_uids ? "no-id~" : "",
                   id->number);
    return;
  }
  size_t len = 0;
  size_t cut = 0;  // where a digest still fits
  for (const char *p = id->uid; *p != '\0'; ++p) {
    if (len + 3 >= CLI_MAIL_NAME_MAX) {
      (void)snprintf(out + cut, CLI_MAIL_NAME_MAX - cut, "~~%016" PRIx64, digest(id->uid));
      return;
    }
    if (stays(*p, p == id->uid)) {
      out[len++] = *p;
    } else {
      len += (size_t)snprintf(out + len, CLI_MAIL_NAME_MAX - len, "%%%02X", (unsigned)(uint8_t)*p);
    }
    if (len + DIGEST_LEN < CLI_MAIL_NAME_MAX) cut = len;
  }
  out[len] = '\0';
}
