#include <string.h>

#include "core/base/text.h"
#include "core/codec/base64.h"
#include "core/codec/codec.h"

// looks_like_challenge says whether |text| is base64 of printable ASCII, as the challenges of the
// password mechanisms are. "+OK done" is no challenge, though "done" could be base64.
static int looks_like_challenge(const char *text, size_t text_len) {
  unsigned char group[3];
  if (text_len == 0 || !p3_base64_valid(text, text_len)) {
    return 0;
  }
  for (size_t i = 0; i < text_len; i += 4) {
    size_t len = p3_base64_group(text + i, group);
    for (size_t k = 0; k < len; k++) {
      // Exchange's prompts end in NUL.
      int last = i + 4 == text_len && k + 1 == len && i + k > 0;
      if ((group[k] < 0x20 || group[k] > 0x7E) && !(last && group[k] == 0)) {
        return 0;
      }
    }
  }
  return 1;
}

int p3_challenge_parse(const char *line, size_t line_len, int in_exchange, pop3_quirks *quirks,
                       const char **out_text, size_t *out_len) {
  size_t skip = 0;
  if (line_len == 0 || line[0] != '+' || memchr(line, '\0', line_len) != NULL) {
    return 0;
  }
  if (line_len == 1) {
    skip = 1;
  } else if (line[1] == ' ') {
    skip = 2;
  } else if (line_len >= 3 && p3_ascii_equal(line, 3, "+OK") && (line_len == 3 || line[3] == ' ')) {
    if (!in_exchange || line_len < 5 || !looks_like_challenge(line + 4, line_len - 4) ||
        !p3_quirk_use(quirks, POP3_QUIRK_AUTH_PLUS)) {
      return 0;
    }
    skip = 4;
  } else if (line_len >= 4 && p3_ascii_equal(line, 4, "+ERR") &&
             (line_len == 4 || line[4] == ' ')) {
    return 0;
  } else {
    if (!p3_quirk_use(quirks, POP3_QUIRK_AUTH_PLUS)) {
      return 0;
    }
    skip = 1;
  }
  *out_text = line + skip;
  *out_len = line_len - skip;
  return 1;
}
