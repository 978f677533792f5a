// Errors that are used again.
#ifndef POP3_CORE_BASE_ERROR_H_
#define POP3_CORE_BASE_ERROR_H_

#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_error_reset empties |err|, which may be NULL. Each public function that takes an error
// begins with it, so that an earlier failure is not taken for its own.
void p3_error_reset(pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_BASE_ERROR_H_
