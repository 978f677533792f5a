// What the server says to people, in the languages that LANG offers (RFC 6856).
#ifndef TOOLS_MAILBOXD_TEXTS_H_
#define TOOLS_MAILBOXD_TEXTS_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum text {
  TEXT_READY,
  TEXT_BYE,
  TEXT_DELETIONS_FAILED,
  TEXT_LISTING,
  TEXT_TOP,
  TEXT_DELETED,
  TEXT_RESET,
  TEXT_NOTHING,
  TEXT_SEND_PASS,
  TEXT_LOGGED_IN,
  TEXT_UTF8_ON,
  TEXT_LANGUAGE_SET,
  TEXT_UNKNOWN_COMMAND,
  TEXT_WRONG_STATE,
  TEXT_BAD_ARGUMENT,
  TEXT_LINE_TOO_LONG,
  TEXT_BAD_OCTET,
  TEXT_TOO_MANY_BAD,
  TEXT_TOO_MANY_CONNECTIONS,
  TEXT_NO_SUCH_MESSAGE,
  TEXT_IS_DELETED,
  TEXT_MESSAGE_UNREADABLE,
  TEXT_NO_MEMORY,
  TEXT_USER_FIRST,
  TEXT_WRONG_PASSWORD,
  TEXT_RPOP_REFUSED,
  TEXT_MAILDROP_IN_USE,
  TEXT_MAILDROP_TEMP,
  TEXT_MAILDROP_PERM,
  TEXT_TOO_SOON,
  TEXT_NO_MECHANISM,
  TEXT_CANCELLED,
  TEXT_NOT_BASE64,
  TEXT_UNKNOWN_LANGUAGE,
  TEXT_BEGIN_TLS,
  TEXT_TLS_ALREADY,
  TEXT_TLS_REFUSED,
  TEXT_TLS_FIRST,
  TEXT_SENT_BEHIND_STLS,
  TEXT_COUNT
};

// texts_get returns |text| in language |language| (0 is English), as UTF-8.
const char *texts_get(uint32_t language, enum text text);

// texts_find looks for a language by its tag, without regard to case: "*" and "en-GB" find English.
int texts_find(const char *tag, size_t tag_len, uint32_t *out_language);

// texts_count returns how many languages there are.
uint32_t texts_count(void);

// texts_tag returns a language's tag, as "de".
const char *texts_tag(uint32_t language);

// texts_name returns a language's name in itself, as "Deutsch".
const char *texts_name(uint32_t language);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_TEXTS_H_
