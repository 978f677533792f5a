#include <pop3/limits.h>
#include <string.h>

#include "core/codec/codec.h"

const char *pop3_quirk_name(uint32_t quirk) {
  // Without a default: the compiler then tells when one is missing.
  switch ((pop3_quirk)quirk) {
    case POP3_QUIRK_BARE_LF:
      return "bare-lf";
    case POP3_QUIRK_ANY_PLUS:
      return "any-plus";
    case POP3_QUIRK_PLUS_ERR:
      return "plus-err";
    case POP3_QUIRK_UID_LENIENT:
      return "uid-lenient";
    case POP3_QUIRK_LIST_SPACES:
      return "list-spaces";
    case POP3_QUIRK_LIST_ONE_MULTILINE:
      return "list-one-multiline";
    case POP3_QUIRK_UIDL_OK_PREFIX:
      return "uidl-ok-prefix";
    case POP3_QUIRK_UIDL_ONE_NO_NUMBER:
      return "uidl-one-no-number";
    case POP3_QUIRK_ODD_SIZE:
      return "odd-size";
    case POP3_QUIRK_CAPA_DAMAGE:
      return "capa-damage";
    case POP3_QUIRK_AUTH_PLUS:
      return "auth-plus";
    case POP3_QUIRK_ANY_MINUS:
      return "any-minus";
    case POP3_QUIRK_TIMESTAMP_ANY:
      return "timestamp-any";
  }
  return NULL;
}

int pop3_quirk_from_name(pop3_quirk *out, const char *name) {
  const char *known;
  for (uint32_t i = 0; (known = pop3_quirk_name(i)) != NULL; i++) {
    if (strcmp(known, name) == 0) {
      *out = (pop3_quirk)i;
      return 1;
    }
  }
  return 0;
}

uint32_t p3_quirks_known(void) {
  uint32_t known = 0;
  for (uint32_t i = 0; pop3_quirk_name(i) != NULL; i++) {
    known |= POP3_QUIRK_BIT(i);
  }
  return known;
}

int p3_quirk_use(pop3_quirks *quirks, pop3_quirk quirk) {
  if (!p3_quirk_allowed(quirks, quirk)) {
    return 0;
  }
  quirks->hits[quirk]++;
  return 1;
}

int p3_quirk_allowed(const pop3_quirks *quirks, pop3_quirk quirk) {
  return quirks != NULL && (quirks->enabled & POP3_QUIRK_BIT(quirk)) != 0;
}
