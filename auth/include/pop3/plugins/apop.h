// The mechanism "apop": APOP (RFC 1939 section 7), a digest of the greeting's timestamp and the
// password.
//
// Only used when asked for by name. Its MD5 lets somebody who can alter the greeting find out the
// first characters of the password (CVE-2007-1558), and the server must keep the password in clear.
// Anything over TLS is better.
#ifndef POP3_AUTH_APOP_H_
#define POP3_AUTH_APOP_H_

#include <pop3/spi/plugin.h>
#include <pop3/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_apop returns the plugin with the mechanism "apop", for pop3_registry_add; NULL if it
// cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_apop(uint32_t host_abi);

// POP3_APOP_DIGEST_SIZE is the size of a digest in hexadecimal with its NUL.
#define POP3_APOP_DIGEST_SIZE 33

// pop3_apop_digest writes the digest of APOP (RFC 1939 section 7) to |out|: the MD5 of |timestamp|,
// with its angle brackets (see pop3_engine_timestamp), and |password|, in lower-case hexadecimal
// and NUL-terminated. For programs that play APOP by hand; pop3_apop does all of it. The digest is
// a secret: who has it can try passwords at leisure. Wipe it with pop3_wipe. POP3_ERR_ARGUMENT if
// |timestamp| has no brackets; POP3_ERR_UNSUPPORTED if BoringSSL is missing. On failure |out| is
// "".
pop3_status pop3_apop_digest(char out[POP3_APOP_DIGEST_SIZE], const char *timestamp,
                             size_t timestamp_len, const char *password, size_t password_len,
                             pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_APOP_H_
