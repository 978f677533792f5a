#include "core/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

pop3_status pop3_error_set(pop3_error *err, pop3_status status, const char *layer, int sys_errno,
                           const char *format, ...) {
  if (err == NULL) {
    return status;
  }
  // As long again as what is kept: text that had to be cut is then seen to be cut.
  char raw[2 * POP3_ERROR_TEXT_MAX];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(raw, sizeof(raw), format, args);
  va_end(args);
  const char *text = len < 0 ? pop3_status_text(status) : raw;

  // The arguments may lie in |*err|: it is written only now. All of it: what the stack had before,
  // which may be a caller's secret, is not to go along with the error.
  char clean[POP3_ERROR_TEXT_MAX] = {0};
  char clean_layer[POP3_ERROR_LAYER_MAX] = {0};
  (void)p3_text_clean(clean, sizeof(clean), text, strlen(text));
  (void)p3_text_clean(clean_layer, sizeof(clean_layer), layer == NULL ? "" : layer,
                      layer == NULL ? 0 : strlen(layer));
  memset(err, 0, sizeof(*err));
  err->status = status;
  err->code = POP3_CODE_NONE;
  err->sys_errno = sys_errno;
  memcpy(err->layer, clean_layer, sizeof(clean_layer));
  memcpy(err->text, clean, sizeof(clean));
  return status;
}

void p3_error_reset(pop3_error *err) {
  if (err != NULL) memset(err, 0, sizeof(*err));
}
