// What of a session may change while it lives: the options of its transports, and its time limits.
#ifndef POP3_CORE_SESSION_SETTINGS_H_
#define POP3_CORE_SESSION_SETTINGS_H_

#include <pop3/session.h>
#include <pop3/spi/transport.h>

#include "core/channel/option_list.h"
#include "core/session/deadlines.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_settings owns its options.
typedef struct p3_settings {
  p3_option_list options;
  pop3_time_limits time_limits;
} p3_settings;

// p3_settings_init fills |settings| from |options|, which is of our size. |allocator| must outlive
// it. On failure there is nothing to clean up.
pop3_status p3_settings_init(p3_settings *settings, const pop3_registry *registry,
                             const pop3_session_options *options, const pop3_allocator *allocator,
                             pop3_error *err);

// p3_settings_check_limits refuses what is no time limit.
pop3_status p3_settings_check_limits(const pop3_time_limits *limits, pop3_error *err);

// p3_settings_find_transport finds the transport of |option| ("tcp.nodelay"), which may be NULL.
// Whether it knows "nodelay" it says itself.
pop3_status p3_settings_find_transport(const pop3_transport_ops **out,
                                       const pop3_registry *registry, const pop3_option *option,
                                       pop3_error *err);

// p3_settings_cleanup wipes and frees what |settings| owns.
void p3_settings_cleanup(p3_settings *settings);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_SETTINGS_H_
