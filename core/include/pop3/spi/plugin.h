// What every plugin has in common: the host table through which it calls libpop3, options, queries
// and the descriptor that it exports.
//
// A plugin includes <pop3/spi/...> only and reaches libpop3 only through the pop3_host that it is
// handed, so that one source becomes a static library and a loadable object.
#ifndef POP3_SPI_PLUGIN_H_
#define POP3_SPI_PLUGIN_H_

#include <pop3/option.h>
#include <pop3/query.h>
#include <pop3/size.h>
#include <pop3/status.h>
#include <pop3/version.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_ABI is this version of the plugin interface: major in the upper 16 bits, minor below. A
// plugin works with a host of the same major; structs grow as <pop3/size.h> says.
#define POP3_ABI ((UINT32_C(1) << 16) | UINT32_C(0))
// POP3_ABI_MAJOR is the major version in |abi|.
#define POP3_ABI_MAJOR(abi) (POP3_CAST(uint32_t, abi) >> 16)

// pop3_host is what a plugin may call. The table outlives every object made with it. All functions
// take |ctx| first and may be called only from inside a call that the host made.
typedef struct pop3_host {
  uint32_t abi;   // POP3_ABI of the host
  uint32_t size;  // sizeof(pop3_host) of the host
  void *ctx;
  // alloc, resize and release are the session's allocator (see pop3_allocator).
  void *(*alloc)(void *ctx, size_t size);
  void *(*resize)(void *ctx, void *ptr, size_t size);
  void (*release)(void *ctx, void *ptr);
  // wipe overwrites secrets in a way that the compiler may not leave out.
  void (*wipe)(void *ctx, void *ptr, size_t len);
  // now_ms is the session's monotonic clock in milliseconds.
  int64_t (*now_ms)(void *ctx);
  // fail fills |err| (may be NULL) and returns |status|, cleaning the text as pop3_error_set does.
  pop3_status (*fail)(void *ctx, pop3_error *err, pop3_status status, const char *layer,
                      int sys_errno, int64_t lib_code, const char *format, ...) POP3_PRINTF(7, 8);
  // note writes a line to the trace at level 1. No secrets.
  void (*note)(void *ctx, const char *format, ...) POP3_PRINTF(2, 3);
} pop3_host;

struct pop3_transport_ops;
struct pop3_auth_ops;

// pop3_plugin describes a plugin. It and everything it points to are static and constant.
typedef struct pop3_plugin {
  uint32_t abi;   // POP3_ABI that it was built with
  uint32_t size;  // sizeof(pop3_plugin) likewise
  const char *name;
  const char *version;
  const struct pop3_transport_ops *const *transports;
  size_t num_transports;
  const struct pop3_auth_ops *const *auths;
  size_t num_auths;
} pop3_plugin;

// pop3_plugin_entry_fn is the type of the one symbol that a loadable plugin exports,
// `pop3_plugin_entry`; the static twin of plugin X is `pop3_plugin_X`. Both return the descriptor,
// or NULL if the plugin cannot work with a host of |host_abi|.
typedef const pop3_plugin *(*pop3_plugin_entry_fn)(uint32_t host_abi);

// POP3_PLUGIN_ENTRY defines the function that hands out |descriptor|: `pop3_plugin_NAME` in a
// static build, the exported `pop3_plugin_entry` where POP3_PLUGIN_DSO is defined.
#if defined(POP3_PLUGIN_DSO)
#define POP3_PLUGIN_ENTRY(plugin_name, descriptor)                                                \
  __attribute__((visibility("default"))) const pop3_plugin *pop3_plugin_entry(uint32_t host_abi); \
  const pop3_plugin *pop3_plugin_entry(uint32_t host_abi) {                                       \
    return POP3_ABI_MAJOR(host_abi) == POP3_ABI_MAJOR(POP3_ABI) ? &(descriptor) : NULL;           \
  }
#else
#define POP3_PLUGIN_ENTRY(plugin_name, descriptor)                                      \
  const pop3_plugin *pop3_plugin_##plugin_name(uint32_t host_abi);                      \
  const pop3_plugin *pop3_plugin_##plugin_name(uint32_t host_abi) {                     \
    return POP3_ABI_MAJOR(host_abi) == POP3_ABI_MAJOR(POP3_ABI) ? &(descriptor) : NULL; \
  }
#endif

#ifdef __cplusplus
}
#endif

#endif  // POP3_SPI_PLUGIN_H_
