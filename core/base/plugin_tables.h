// The function tables of plugins: what must be in one before it is called.
#ifndef POP3_CORE_BASE_PLUGIN_TABLES_H_
#define POP3_CORE_BASE_PLUGIN_TABLES_H_

#include <pop3/spi/auth.h>
#include <pop3/spi/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

// P3_PLUGIN_NAME_MAX is the length of the longest name of a plugin or transport.
#define P3_PLUGIN_NAME_MAX 15
// P3_AUTH_NAME_MAX is that of a mechanism (RFC 4422 section 3.1).
#define P3_AUTH_NAME_MAX 20

// p3_name_is_valid says whether |name| is 1 to |most| octets of a-z 0-9 - _.
int p3_name_is_valid(const char *name, size_t most);

// p3_transport_problem says in words why |ops| cannot be used: NULL, another major version, a
// table that is too small, a bad name, a required member that is NULL. Returns NULL if it can.
// |*out_name| (may be NULL) is its name as far as that may be shown, else NULL. Static.
const char *p3_transport_problem(const pop3_transport_ops *ops, const char **out_name);

// p3_auth_problem likewise.
const char *p3_auth_problem(const pop3_auth_ops *ops, const char **out_name);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_BASE_PLUGIN_TABLES_H_
