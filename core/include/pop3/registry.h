// The registry: which transports and authentication mechanisms a program is composed of.
#ifndef POP3_REGISTRY_H_
#define POP3_REGISTRY_H_

#include <pop3/allocator.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin describes a plugin: see <pop3/spi/plugin.h>, which its author includes.
typedef struct pop3_plugin pop3_plugin;

// pop3_transport_ops is a transport's function table: see <pop3/spi/transport.h>.
typedef struct pop3_transport_ops pop3_transport_ops;

// pop3_auth_ops is a mechanism's function table: see <pop3/spi/auth.h>.
typedef struct pop3_auth_ops pop3_auth_ops;

// pop3_registry is a list of plugins. Fill it, then hand it to sessions: it may be shared by
// threads once nothing is added any more, and must outlive the sessions.
typedef struct pop3_registry pop3_registry;

// pop3_registry_new makes an empty registry. |allocator| may be NULL.
pop3_status pop3_registry_new(pop3_registry **out, const pop3_allocator *allocator,
                              pop3_error *err);

// pop3_registry_free frees |registry|, which may be NULL.
void pop3_registry_free(pop3_registry *registry);

// pop3_registry_add checks |plugin| (ABI major, sizes, required members, names) and adds its
// transports and mechanisms. Adds all of them or none. Fails with POP3_ERR_ARGUMENT if a rule is
// broken, the plugin is NULL or a name is taken; the error text gives the reason. |plugin| must
// stay valid.
pop3_status pop3_registry_add(pop3_registry *registry, const pop3_plugin *plugin, pop3_error *err);

// pop3_registry_transport finds a transport by name. Returns NULL if there is none. Members that an
// older plugin lacks are NULL.
const pop3_transport_ops *pop3_registry_transport(const pop3_registry *registry, const char *name);

// pop3_registry_auth finds a mechanism by name, without regard to case. Returns NULL if there is
// none.
const pop3_auth_ops *pop3_registry_auth(const pop3_registry *registry, const char *name);

// pop3_registry_transport_at returns the |index|-th transport in the order of adding, or NULL.
const pop3_transport_ops *pop3_registry_transport_at(const pop3_registry *registry, size_t index);
// pop3_registry_auth_at returns the |index|-th mechanism in the order of adding, or NULL.
const pop3_auth_ops *pop3_registry_auth_at(const pop3_registry *registry, size_t index);
// pop3_registry_plugin_at returns the |index|-th plugin in the order of adding, or NULL. The
// descriptor is the plugin's: an older one may be smaller than pop3_plugin.
const pop3_plugin *pop3_registry_plugin_at(const pop3_registry *registry, size_t index);

#ifdef __cplusplus
}
#endif

#endif  // POP3_REGISTRY_H_
