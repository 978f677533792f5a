// A CAPA of which not all could be read: what is missing may be STLS, or a mechanism that hides the
// password.
#ifndef POP3_CORE_LOGIN_DAMAGE_H_
#define POP3_CORE_LOGIN_DAMAGE_H_

#include <pop3/capability.h>

#ifdef __cplusplus
extern "C" {
#endif

// P3_DAMAGE_MAX is the room for what is said of a damaged CAPA.
#define P3_DAMAGE_MAX 256

// p3_damage_is_there says whether lines of |caps|, which may be NULL, had to be left out.
int p3_damage_is_there(const pop3_capabilities *caps);

// p3_damage_describe writes to |out| which lines, what is wrong with them and what helps, or "".
// |is_lenient| says that POP3_QUIRK_CAPA_DAMAGE is on already. Returns |out|.
const char *p3_damage_describe(const pop3_capabilities *caps, int is_lenient,
                               char out[P3_DAMAGE_MAX]);

// p3_damage_hides_mechanisms says whether the damage may have taken the choice from a login that
// hides the password. |asked| names mechanisms with commas, or is NULL.
int p3_damage_hides_mechanisms(const pop3_capabilities *caps, const char *asked);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_DAMAGE_H_
