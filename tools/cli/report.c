#define _POSIX_C_SOURCE 200809L
#include "tools/cli/report.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/signals.h"
#include "tools/cli/words.h"

static void begin_line(const cli_report *report) {
  if (report->progress != NULL) cli_progress_clear(report->progress);
  fputs("pop3: ", stderr);
  if (report->command[0] != '\0') fprintf(stderr, "%s: ", report->command);
}

static void print_line(const cli_report *report, const char *format, va_list args) {
  begin_line(report);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
}

void cli_report_note(const cli_report *report, const char *format, ...) {
  if (report->quiet) return;
  va_list args;
  va_start(args, format);
  print_line(report, format, args);
  va_end(args);
}

void cli_report_problem(const cli_report *report, const char *format, ...) {
  va_list args;
  va_start(args, format);
  print_line(report, format, args);
  va_end(args);
}

// What the user can do about it, in this program's terms; "" if there is nothing to say.
static const char *advice_for(const pop3_error *err) {
  switch (err->status) {
    case POP3_REFUSED:
      return pop3_advice_text(pop3_response_code_advice(err->code));
    case POP3_ERR_PROTOCOL:
      return "if this server is known for it, --quirk may help";
    default:
      return "";
  }
}

// Writes a sentence as a remark in parentheses.
static void print_advice(const char *sentence) {
  size_t len = strlen(sentence);
  if (len == 0) return;
  if (sentence[len - 1] == '.') len--;
  int first = (unsigned char)sentence[0];
  // "UTF8 ..." keeps its capitals.
  int is_word = sentence[1] >= 'a' && sentence[1] <= 'z';
  fprintf(stderr, " (%c%.*s)", is_word ? tolower(first) : first, (int)len - 1, sentence + 1);
}

int cli_report_error(const cli_report *report, const char *what, cli_stage stage,
                     const pop3_error *err) {
  if (err->status == POP3_ERR_LOCAL_IO && err->sys_errno == EPIPE) return CLI_EXIT_SIGNAL + SIGPIPE;
  begin_line(report);
  if (what != NULL) fprintf(stderr, "%s: ", what);
  int caught = cli_signals_caught();
  if (caught != 0) {  // whatever else went wrong: that is why
    fputs("interrupted\n", stderr);
    return CLI_EXIT_SIGNAL + caught;
  }
  char text[2 * POP3_ERROR_TEXT_MAX];
  cli_words_translate(text, sizeof(text), err->text);
  fputs(text[0] == '\0' ? pop3_status_text(err->status) : text, stderr);
  print_advice(advice_for(err));
  fputc('\n', stderr);
  return (int)cli_exit_code_for(err, stage);
}
