// The usual plugins in one call.
#ifndef POP3_USUAL_H_
#define POP3_USUAL_H_

#include <pop3/registry.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_registry_add_usual adds the transports "tcp", "unix" and "tls" and the mechanisms "user",
// "apop", "rpop", "sasl" (a family), "oauthbearer" and "xoauth2" to |registry|. Fails as
// pop3_registry_add does; what was added before stays. A program that wants fewer calls
// pop3_registry_add for each that it wants, and then has nothing else linked in.
pop3_status pop3_registry_add_usual(pop3_registry *registry, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_USUAL_H_
