#include "tools/cli/help.h"

#include <pop3/limits.h>
#include <string.h>

#include "tools/cli/exit_code.h"
#include "tools/cli/limit_option.h"
#include "tools/cli/option_table.h"

#define COLUMN 27  // where the explanations of options begin
#define WIDTH 79

// Writes |text|, which begins at |column| on a line that has been begun, broken at spaces; further
// lines begin at |indent|. Ends the line.
static void print_wrapped(FILE *out, const char *text, size_t column, size_t indent) {
  size_t at = column;
  while (*text != '\0') {
    size_t len = strcspn(text, " ");
    if (at > indent && at + 1 + len > WIDTH) {
      fprintf(out, "\n%*s", (int)indent, "");
      at = indent;
    } else if (at > indent) {
      fputc(' ', out);
      at++;
    }
    fprintf(out, "%.*s", (int)len, text);
    at += len;
    text += len + strspn(text + len, " ");
  }
  fputc('\n', out);
}

static void print_option(FILE *out, const cli_option_row *row) {
  char left[64];
  (void)snprintf(left, sizeof(left), "  %c%c%s%s%s%s", row->letter ? '-' : ' ',
                 row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name,
                 row->value != NULL ? " " : "", row->value != NULL ? row->value : "");
  fprintf(out, "%-*s", COLUMN, left);
  if (strlen(left) >= COLUMN) fprintf(out, "\n%*s", COLUMN, "");
  print_wrapped(out, row->help, COLUMN, COLUMN);
}

// The options that |command| takes, under their headings.
static void print_options(FILE *out, cli_command command) {
  const char *group = NULL;
  const char *printed = NULL;
  for (const cli_option_row *row = cli_option_rows; row->name != NULL; ++row) {
    if (row->group != NULL) group = row->group;
    if ((row->commands & CLI_BIT(command)) == 0) continue;
    if (printed != group) fprintf(out, "\n%s:\n", group);
    printed = group;
    print_option(out, row);
  }
}

// Writes words with commas, broken as above.
static void print_names(FILE *out, const char *(*name_at)(size_t)) {
  char text[1024] = "";
  for (size_t i = 0, len = 0; name_at(i) != NULL && len < sizeof(text); ++i) {
    len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ", ", name_at(i));
  }
  fputs("  ", out);
  print_wrapped(out, text, 2, 2);
}

static const char *quirk_name_at(size_t index) {
  const char *name = pop3_quirk_name((uint32_t)index);
  if (name != NULL) return name;
  return index > 0 && pop3_quirk_name((uint32_t)index - 1) != NULL ? "all" : NULL;
}

static void print_exit_codes(FILE *out) {
  fputs("\nExit codes:\n", out);
  for (int code = 0; code <= CLI_EXIT_SIGNAL + 2; ++code) {
    const char *text = cli_exit_code_text(code);
    if (text != NULL) fprintf(out, "  %3d  %s\n", code, text);
  }
}

static void print_urls(FILE *out) {
  fputs(
      "\nURLs:\n"
      "  pop://USER@HOST[:PORT]        TCP, port 110 (RFC 2384); pop3:// is the same\n"
      "  pop3s://USER@HOST[:PORT]      TLS from the first octet, port 995\n"
      "  pop3+unix://USER@/PATH        a Unix socket\n"
      "  USER;AUTH=APOP chooses how to log in. USER:PASSWORD works, and is hidden from\n"
      "  `ps` at once, but --password-file and its like are better places. Octets that\n"
      "  have a meaning in URLs are written as %XX.\n",
      out);
}

static void print_credentials(FILE *out) {
  fputs(
      "\nWhere user name and password come from, in this order:\n"
      "  user name: the URL or --user; the netrc; a question on the terminal\n"
      "  password:  the URL, --password-file or --password-command (one of them); the\n"
      "             netrc, if its entry is for this user; a question on the terminal\n"
      "  A file with a password is refused if others can read or write it.\n",
      out);
}

static void print_program(FILE *out) {
  fputs(
      "pop3: fetches mail from POP3 servers.\n"
      "\n"
      "Use: pop3 COMMAND URL [ARGUMENTS] [OPTIONS]\n"
      "     pop3 plugins [OPTIONS]\n"
      "     pop3 COMMAND --help\n"
      "\n"
      "Commands:\n",
      out);
  for (int i = CLI_NONE + 1; i < CLI_NUM_COMMANDS; ++i) {
    const cli_command_row *row = &cli_command_rows[i];
    char left[32];
    (void)snprintf(left, sizeof(left), "%s %s", row->name, row->args);
    fprintf(out, "  %-13s %s\n", left, row->summary);
  }
  fputs(
      "\nFor example:\n"
      "  pop3 fetch pop://alice@localhost --maildir ~/Maildir\n"
      "  pop3 list pop://alice@localhost:1110 --password-file ~/.pop3-password\n"
      "  pop3 capa pop3+unix:///run/pop3.sock\n",
      out);
}

void cli_help(FILE *out, cli_command command) {
  if (command == CLI_NONE) {
    print_program(out);
  } else {
    const cli_command_row *row = &cli_command_rows[command];
    fprintf(out, "Use: pop3 %s%s%s%s [OPTIONS]\n\n", row->name,
            cli_command_takes_url(command) ? " URL" : "", row->args[0] == '\0' ? "" : " ",
            row->args);
    print_wrapped(out, row->help, 0, 0);
    print_options(out, command);
  }
  if (command != CLI_NONE && cli_command_takes_url(command)) {
    fputs("\nNames for --quirk:\n", out);
    print_names(out, quirk_name_at);
    fputs("\nNames for --limit:\n", out);
    print_names(out, cli_limit_name);
  }
  if (cli_command_takes_url(command)) {
    print_urls(out);
    print_credentials(out);
  }
  print_exit_codes(out);
}
