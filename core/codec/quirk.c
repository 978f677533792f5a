#include <pop3/limits.h>
#include <string.h>

#include "core/codec/codec.h"

const char *pop3_quirk_name(pop3_quirk quirk) {
  // Without a default: the compiler then tells when one is missing.
  switch (quirk) {
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
    case POP3_QUIRK_COUNT:
      break;
  }
  return NULL;
}

pop3_quirk pop3_quirk_from_name(const char *name) {
  unsigned i = 0;
  while (i < POP3_QUIRK_COUNT && strcmp(pop3_quirk_name((pop3_quirk)i), name) != 0) {
    i++;
  }
  return (pop3_quirk)i;
}

int pop3_quirk_use(pop3_quirks *quirks, pop3_quirk quirk) {
  if (!pop3_quirk_allowed(quirks, quirk)) {
    return 0;
  }
  quirks->hits[quirk]++;
  return 1;
}

int pop3_quirk_allowed(const pop3_quirks *quirks, pop3_quirk quirk) {
  return quirks != NULL && (quirks->enabled & POP3_QUIRK_BIT(quirk)) != 0;
}
