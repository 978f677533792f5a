#define _POSIX_C_SOURCE 200809L
#include "tools/cli/netrc.h"

#include <string.h>
#include <strings.h>

#include "tools/cli/secret_file.h"

#define LAYER "netrc"

// The longest token.
#define TOKEN_MAX 4096

// scanner walks over a netrc.
typedef struct scanner {
  const char *text;
  size_t len;
  size_t at;
  unsigned line;
  char token[TOKEN_MAX];  // NUL-terminated; may be a password: wiped at the end
} scanner;

// scanned is what next_token found.
typedef enum scanned { SCANNED_TOKEN, SCANNED_END, SCANNED_TOO_LONG, SCANNED_OPEN_QUOTE } scanned;

void cli_netrc_entry_init(cli_netrc_entry *entry) {
  entry->found = 0;
  pop3_secret_init(&entry->login, NULL);
  pop3_secret_init(&entry->password, NULL);
}

void cli_netrc_entry_cleanup(cli_netrc_entry *entry) {
  entry->found = 0;
  pop3_secret_cleanup(&entry->login);
  pop3_secret_cleanup(&entry->password);
}

static int is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static void skip_line(scanner *s) {
  while (s->at < s->len && s->text[s->at] != '\n') s->at++;
}

// Skips white space and, where a keyword is due, comments.
static void skip_space(scanner *s, int comments) {
  for (; s->at < s->len; s->at++) {
    if (comments && s->text[s->at] == '#') skip_line(s);
    if (s->at == s->len || !is_space(s->text[s->at])) return;
    if (s->text[s->at] == '\n') s->line++;
  }
}

// Reads the next token: a word, or anything in double quotes with \ before " and \ (as curl has
// it: \n, \r and \t too).
static scanned next_token(scanner *s, int keyword) {
  skip_space(s, keyword);
  if (s->at == s->len) return SCANNED_END;
  int quoted = s->text[s->at] == '"';
  if (quoted) s->at++;
  size_t n = 0;
  for (; s->at < s->len; s->at++) {
    char c = s->text[s->at];
    if (quoted ? c == '"' : is_space(c)) break;
    if (c == '\n') s->line++;
    if (c == '\\' && quoted && s->at + 1 < s->len) {
      c = s->text[++s->at];
      if (c == 'n') c = '\n';
      if (c == 'r') c = '\r';
      if (c == 't') c = '\t';
    }
    if (n + 1 == sizeof(s->token)) return SCANNED_TOO_LONG;
    s->token[n++] = c;
  }
  s->token[n] = '\0';
  if (!quoted) return SCANNED_TOKEN;
  if (s->at == s->len) return SCANNED_OPEN_QUOTE;
  s->at++;
  return SCANNED_TOKEN;
}

// Skips a macro: everything up to an empty line.
static void skip_macro(scanner *s) {
  skip_line(s);
  while (s->at < s->len) {
    s->at++;  // the line end
    s->line++;
    size_t start = s->at;
    skip_line(s);
    if (s->at == start || (s->at == start + 1 && s->text[start] == '\r')) return;
  }
}

static pop3_status fail(const scanner *s, const char *path, const char *what, pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s, line %u: %s", path, s->line, what);
}

// Reads the value that a keyword needs.
static pop3_status take_value(scanner *s, const char *path, pop3_error *err) {
  switch (next_token(s, 0)) {
    case SCANNED_TOKEN:
      return POP3_OK;
    case SCANNED_TOO_LONG:
      return fail(s, path, "a word is too long", err);
    case SCANNED_OPEN_QUOTE:
      return fail(s, path, "a quote is not closed", err);
    case SCANNED_END:
      break;
  }
  return fail(s, path, "a value is missing at the end", err);
}

// Says whether the entry that was just read to its end is the one.
static int fits(const cli_netrc_entry *entry, int machine_fits, const char *login) {
  if (!machine_fits) return 0;
  return login == NULL || entry->login.data == NULL ||
         strcmp((const char *)entry->login.data, login) == 0;
}

static pop3_status set(pop3_secret *secret, const scanner *s, pop3_error *err) {
  if (pop3_secret_set(secret, s->token, strlen(s->token))) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the netrc file");
}

// Handles one keyword inside of an entry.
static pop3_status take_keyword(cli_netrc_entry *entry, scanner *s, const char *path,
                                pop3_error *err) {
  pop3_secret *target = NULL;
  if (strcmp(s->token, "login") == 0) {
    target = &entry->login;
  } else if (strcmp(s->token, "password") == 0) {
    target = &entry->password;
  } else if (strcmp(s->token, "account") != 0) {
    return fail(s, path, "not one of machine, default, login, password, account, macdef", err);
  }
  pop3_status status = take_value(s, path, err);
  return status == POP3_OK && target != NULL ? set(target, s, err) : status;
}

static pop3_status search(cli_netrc_entry *entry, scanner *s, const char *host, const char *login,
                          const char *path, pop3_error *err) {
  int machine_fits = 0;
  pop3_status status = POP3_OK;
  while (status == POP3_OK) {
    scanned what = next_token(s, 1);
    int ends = what == SCANNED_END;
    if (what == SCANNED_TOO_LONG) return fail(s, path, "a word is too long", err);
    if (what == SCANNED_OPEN_QUOTE) return fail(s, path, "a quote is not closed", err);
    int is_machine = !ends && strcmp(s->token, "machine") == 0;
    int is_default = !ends && strcmp(s->token, "default") == 0;
    if (ends || is_machine || is_default) {
      entry->found = fits(entry, machine_fits, login);
      if (entry->found || ends) return POP3_OK;
      cli_netrc_entry_cleanup(entry);
      machine_fits = is_default;
      if (is_machine) {
        status = take_value(s, path, err);
        machine_fits = strcasecmp(s->token, host) == 0;
      }
    } else if (strcmp(s->token, "macdef") == 0) {
      skip_macro(s);
    } else {
      status = take_keyword(entry, s, path, err);
    }
  }
  return status;
}

pop3_status cli_netrc_find(cli_netrc_entry *entry, const char *text, size_t text_len,
                           const char *host, const char *login, const char *path, pop3_error *err) {
  scanner s = {text, text_len, 0, 1, {0}};
  pop3_status status = search(entry, &s, host, login, path, err);
  if (status != POP3_OK || !entry->found) cli_netrc_entry_cleanup(entry);
  pop3_wipe(s.token, sizeof(s.token));
  return status;
}

pop3_status cli_netrc_load(cli_netrc_entry *entry, const char *path, const char *host,
                           const char *login, const cli_patience *patience, pop3_error *err) {
  pop3_secret text;
  pop3_secret_init(&text, NULL);
  const char *exposed = "";
  pop3_status status = cli_secret_file_read(&text, &exposed, path, patience, err);
  if (status == POP3_OK) {
    status = cli_netrc_find(entry, (const char *)text.data, text.len, host, login, path, err);
  }
  if (status == POP3_OK && entry->password.data != NULL && exposed[0] != '\0') {
    cli_netrc_entry_cleanup(entry);
    status = pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                            "%s holds a password and %s (chmod 600 it, and change the password)",
                            path, exposed);
  }
  pop3_secret_cleanup(&text);
  return status;
}
