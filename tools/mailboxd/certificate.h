// A certificate of our own, for those who have none: the demo, tests, a try at home.
#ifndef TOOLS_MAILBOXD_CERTIFICATE_H_
#define TOOLS_MAILBOXD_CERTIFICATE_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// certificate is the names of files. {0} is none.
struct certificate {
  char *ca;    // DIR/ca.pem, for clients to trust
  char *cert;  // DIR/server.pem, for localhost, 127.0.0.1 and ::1
  char *key;   // DIR/server.key
};

// certificate_get names the three files in |folder|. If none of them is there they are made (the
// folder too): by a CA that signs this one certificate and whose key is then forgotten. 0 if
// only some are there, or the system refuses: |why| says so in words.
int certificate_get(struct certificate *out, const char *folder, char *why, size_t why_size);

// certificate_cleanup forgets the names.
void certificate_cleanup(struct certificate *certificate);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_CERTIFICATE_H_
