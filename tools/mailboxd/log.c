#include "tools/mailboxd/log.h"

#include <stdarg.h>
#include <stdio.h>

// The one piece of process-wide state of this program: threads do not exist here.
static enum log_level g_level = LOG_LEVEL_ERROR;

void log_set_level(enum log_level level) { g_level = level; }

int log_on(enum log_level level) { return level <= g_level; }

void log_write(enum log_level level, const char *format, ...) {
  if (!log_on(level)) {
    return;
  }
  char line[512];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(line, sizeof(line), format, args);
  va_end(args);
  if (n >= 0) {
    fprintf(stderr, "mailboxd: %s\n", line);
  }
}
