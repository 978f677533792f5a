// How the loader says no: which file, which rule.
#ifndef POP3_PLUGINS_LOADER_REFUSAL_H_
#define POP3_PLUGINS_LOADER_REFUSAL_H_

#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_refuse fills |err| with "FILE RULE" and returns |status|. Of a long |file| the end is shown,
// so that the rule is never cut off.
pop3_status p3_refuse(pop3_error *err, pop3_status status, int sys_errno, const char *file,
                      const char *format, ...) POP3_PRINTF(5, 6);

// p3_refuse_errno is p3_refuse with "cannot be WHAT: " and the system's words for |sys_errno|.
pop3_status p3_refuse_errno(pop3_error *err, pop3_status status, int sys_errno, const char *file,
                            const char *what);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_LOADER_REFUSAL_H_
