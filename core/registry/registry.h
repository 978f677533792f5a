// What the session needs of a registry beyond <pop3/registry.h>.
#ifndef POP3_CORE_REGISTRY_REGISTRY_H_
#define POP3_CORE_REGISTRY_REGISTRY_H_

#include <pop3/registry.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_registry_auths returns all mechanisms in the order of adding, and their number. Valid until
// the next one is added.
const pop3_auth_ops *const *p3_registry_auths(const pop3_registry *registry, size_t *out_count);

// p3_registry_encrypting returns the first transport that encrypts and stands on another one:
// what STLS pushes. NULL if there is none.
const pop3_transport_ops *p3_registry_encrypting(const pop3_registry *registry);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_REGISTRY_REGISTRY_H_
