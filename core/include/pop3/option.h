// Settings for plugins.
#ifndef POP3_OPTION_H_
#define POP3_OPTION_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_option is a setting for a plugin, named "plugin.setting" ("tcp.source_address"). Exactly one
// of the values counts; the plugin's documentation says which. A plugin must fail on a setting of
// its own prefix that it does not know, and leave other prefixes alone. It never grows: there are
// arrays of it. What |object| points to begins with its size if it may grow.
typedef struct pop3_option {
  const char *name;
  const char *text;    // a string, or NULL
  int64_t number;      // a number or 0/1
  const void *object;  // a foreign object whose lifetime the plugin's documentation states, or NULL
} pop3_option;

#ifdef __cplusplus
}
#endif

#endif  // POP3_OPTION_H_
