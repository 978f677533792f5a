// The capabilities of a server (CAPA, RFC 2449) as a typed table.
#ifndef POP3_CAPABILITY_H_
#define POP3_CAPABILITY_H_

#include <pop3/allocator.h>
#include <pop3/limits.h>
#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_capability_flag is a bit for each capability whose presence is all, or the first thing, that
// matters.
typedef enum pop3_capability_flag {
  POP3_CAP_TOP = 1 << 0,
  POP3_CAP_USER = 1 << 1,
  POP3_CAP_SASL = 1 << 2,  // see pop3_capabilities_sasl
  POP3_CAP_RESP_CODES = 1 << 3,
  POP3_CAP_AUTH_RESP_CODE = 1 << 4,  // RFC 3206
  POP3_CAP_LOGIN_DELAY = 1 << 5,     // see login_delay_seconds
  POP3_CAP_PIPELINING = 1 << 6,
  POP3_CAP_EXPIRE = 1 << 7,  // see expire_days
  POP3_CAP_UIDL = 1 << 8,
  POP3_CAP_IMPLEMENTATION = 1 << 9,     // see implementation
  POP3_CAP_STLS = 1 << 10,              // RFC 2595
  POP3_CAP_UTF8 = 1 << 11,              // RFC 6856
  POP3_CAP_UTF8_USER = 1 << 12,         // "UTF8 USER": user names and passwords too
  POP3_CAP_LANG = 1 << 13,              // RFC 6856
  POP3_CAP_LOGIN_DELAY_USER = 1 << 14,  // the delay may differ after login
  POP3_CAP_EXPIRE_USER = 1 << 15        // the expiry may differ after login
} pop3_capability_flag;

// POP3_EXPIRE_NEVER as expire_days means "EXPIRE NEVER".
#define POP3_EXPIRE_NEVER UINT32_MAX

// pop3_capability is one line of the response, known or not, with the words of the server. Of a
// line that only POP3_QUIRK_CAPA_DAMAGE lets pass the blanks around keyword and arguments are gone,
// and nothing else is mended: "EXPIRENEVER" sets expire_days, but stays one keyword, which
// pop3_capabilities_find does not take for EXPIRE. It never grows: there are arrays of it.
typedef struct pop3_capability {
  const char *keyword;    // NUL-terminated
  const char *arguments;  // what follows the first space, "" if nothing does; NUL-terminated
} pop3_capability;

// pop3_capabilities is what a server said it can do. It owns all its strings. Treat it as
// read-only.
typedef struct pop3_capabilities {
  uint32_t size;                 // sizeof(pop3_capabilities)
  uint32_t flags;                // pop3_capability_flag
  uint32_t login_delay_seconds;  // 0 if absent
  uint32_t expire_days;          // POP3_EXPIRE_NEVER or days; 0 is "deleted after this session"
  const char *implementation;    // NULL if absent
  const pop3_capability *lines;  // every line in the server's order, unknown ones too
  size_t num_lines;
  void *storage;             // libpop3's own
  pop3_allocator allocator;  // libpop3's own
  uint32_t num_damaged;      // lines that break RFC 2449's grammar: they are left out above
  uint32_t reserved;
  const char *damage;  // the first of them and what is wrong with it, in words that are safe to
                       // show: 'line 3 ("STLS "): a space too many'; NULL if there is none
} pop3_capabilities;

// pop3_capabilities_has says whether all bits of |flags| are set. |caps| may be NULL: then no.
int pop3_capabilities_has(const pop3_capabilities *caps, uint32_t flags);

// pop3_capabilities_find returns the arguments of the first line with |keyword| (compared without
// case, RFC 2449 section 3), "" if it has none, or NULL if there is no such line or |caps| is NULL.
const char *pop3_capabilities_find(const pop3_capabilities *caps, const char *keyword);

// pop3_capabilities_sasl returns the |index|-th mechanism name of all SASL lines as a slice into
// |caps| in |*out_name| and |*out_name_len|, and 1; or 0 if there are fewer.
int pop3_capabilities_sasl(const pop3_capabilities *caps, size_t index, const char **out_name,
                           size_t *out_name_len);

// pop3_capabilities_has_sasl says whether |mechanism| is among them, without regard to case.
int pop3_capabilities_has_sasl(const pop3_capabilities *caps, const char *mechanism);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CAPABILITY_H_
