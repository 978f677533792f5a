#define _POSIX_C_SOURCE 200809L  // strerror_r
#include "plugins/loader/refusal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LAYER "loader"
#define FILE_SHOWN 140  // octets of a path: the rest of pop3_error.text is the rule's

pop3_status p3_refuse(pop3_error *err, pop3_status status, int sys_errno, const char *file,
                      const char *format, ...) {
  char rule[POP3_ERROR_TEXT_MAX];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(rule, sizeof(rule), format, args);
  va_end(args);
  const size_t len = strlen(file);
  const int is_long = len > FILE_SHOWN;
  return pop3_error_set(err, status, LAYER, sys_errno, "%s%s %s", is_long ? "..." : "",
                        is_long ? file + len - FILE_SHOWN : file, rule);
}

pop3_status p3_refuse_errno(pop3_error *err, pop3_status status, int sys_errno, const char *file,
                            const char *what) {
  char words[96];
  if (strerror_r(sys_errno, words, sizeof(words)) != 0) {
    (void)snprintf(words, sizeof(words), "error %d", sys_errno);
  }
  return p3_refuse(err, status, sys_errno, file, "cannot be %s: %s", what, words);
}
