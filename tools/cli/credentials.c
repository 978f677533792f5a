#define _POSIX_C_SOURCE 200809L
#include "tools/cli/credentials.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/cli/password_command.h"
#include "tools/cli/prompt.h"
#include "tools/cli/secret_file.h"

#define LAYER "cli"

void cli_credentials_init(cli_credentials *credentials, const cli_credential_sources *from) {
  credentials->from = *from;
  credentials->netrc_was_read = 0;
  cli_netrc_entry_init(&credentials->netrc);
  pop3_secret_init(&credentials->user, NULL);
}

void cli_credentials_cleanup(cli_credentials *credentials) {
  cli_netrc_entry_cleanup(&credentials->netrc);
  pop3_secret_cleanup(&credentials->user);
}

// Writes the path of ~/.netrc. Returns 0 if there is no home directory.
static int default_netrc(char *out, size_t out_cap) {
  const char *home = getenv("HOME");
  if (home == NULL || home[0] == '\0') {
    const struct passwd *entry = getpwuid(geteuid());
    home = entry == NULL ? NULL : entry->pw_dir;
  }
  if (home == NULL) return 0;
  int len = snprintf(out, out_cap, "%s/.netrc", home);
  return len > 0 && (size_t)len < out_cap;
}

// Reads the netrc, once. A ~/.netrc that is not there is fine, one that was named must be.
static pop3_status read_netrc(cli_credentials *credentials, pop3_error *err) {
  const cli_credential_sources *from = &credentials->from;
  if (credentials->netrc_was_read || from->no_netrc) return POP3_OK;
  char standard[PATH_MAX];
  const char *path = from->netrc;
  if (path == NULL) {
    if (!default_netrc(standard, sizeof(standard))) return POP3_OK;
    path = standard;
  }
  pop3_error problem = POP3_ERROR_INIT;
  pop3_status status =
      cli_netrc_load(&credentials->netrc, path, from->host, from->user, from->patience, &problem);
  if (status == POP3_ERR_NOT_FOUND) {
    status = from->netrc == NULL ? POP3_OK : POP3_ERR_LOCAL_IO;
    problem.status = status;
  }
  if (status == POP3_OK) {
    credentials->netrc_was_read = 1;
  } else if (err != NULL) {
    *err = problem;
  }
  return status;
}

pop3_status cli_credentials_user(cli_credentials *credentials, const char **out_user,
                                 pop3_error *err) {
  *out_user = credentials->from.user;
  if (*out_user != NULL) return POP3_OK;
  pop3_status status = read_netrc(credentials, err);
  if (status != POP3_OK) return status;
  *out_user = (const char *)credentials->user.data;
  if (*out_user == NULL) *out_user = (const char *)credentials->netrc.login.data;
  return POP3_OK;
}

static pop3_status copy(pop3_secret *out, const void *data, size_t len, pop3_error *err) {
  if (pop3_secret_set(out, data, len)) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the credentials");
}

static pop3_status fetch_user(cli_credentials *credentials, pop3_secret *out, pop3_error *err) {
  const char *user = NULL;
  pop3_status status = cli_credentials_user(credentials, &user, err);
  if (status != POP3_OK) return status;
  if (user == NULL) {
    if (credentials->from.no_prompt || !cli_prompt_possible()) {
      return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0,
                            "no user name given: use --user, the URL or a netrc");
    }
    char question[256];
    (void)snprintf(question, sizeof(question), "User name at %s: ", credentials->from.host);
    status = cli_prompt(&credentials->user, question, 1, credentials->from.patience, err);
    if (status != POP3_OK) return status;
    user = (const char *)credentials->user.data;
  }
  return copy(out, user, strlen(user), err);
}

static pop3_status ask_password(cli_credentials *credentials, pop3_secret *out, pop3_error *err) {
  if (credentials->from.no_prompt || !cli_prompt_possible()) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0,
                          "no password given: use --password-file, --password-command or a netrc");
  }
  const char *user = NULL;
  pop3_status status = cli_credentials_user(credentials, &user, err);
  if (status != POP3_OK) return status;
  char question[512];
  (void)snprintf(question, sizeof(question),
                 "Password for %s at %s: ", user == NULL ? "this user" : user,
                 credentials->from.host);
  return cli_prompt(out, question, 0, credentials->from.patience, err);
}

static pop3_status fetch_password(cli_credentials *credentials, pop3_secret *out, pop3_error *err) {
  const cli_credential_sources *from = &credentials->from;
  if (from->password_file != NULL) {
    return cli_password_file(out, from->password_file, from->patience, err);
  }
  if (from->password_command != NULL) {
    return cli_password_command(out, "password", from->password_command, from->patience, err);
  }
  pop3_status status = read_netrc(credentials, err);
  if (status != POP3_OK) return status;
  const pop3_secret *found = &credentials->netrc.password;
  // An entry without a login is for everybody; one with a login was looked for by name, unless no
  // name was given: then the login is the name, and a person who typed another one is asked.
  int is_ours = found->data != NULL && credentials->user.data == NULL;
  return is_ours ? copy(out, found->data, found->len, err) : ask_password(credentials, out, err);
}

uint32_t cli_credentials_kinds(const cli_credentials *credentials) {
  return POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_USER) |
         POP3_CREDENTIAL_BIT(credentials->from.token_command != NULL ? POP3_CREDENTIAL_TOKEN
                                                                     : POP3_CREDENTIAL_PASSWORD);
}

pop3_status cli_credentials_fetch(void *arg, pop3_credential what, uint32_t attempt,
                                  pop3_secret *out, pop3_error *err) {
  cli_credentials *credentials = arg;
  const cli_credential_sources *from = &credentials->from;
  // A token may have expired a moment ago: the command is run once more.
  if (what == POP3_CREDENTIAL_TOKEN && from->token_command != NULL && attempt <= 1) {
    return cli_password_command(out, "token", from->token_command, from->patience, err);
  }
  if (attempt > 0) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0,
                          "the server refused the credentials");
  }
  switch (what) {
    case POP3_CREDENTIAL_USER:
      return fetch_user(credentials, out, err);
    case POP3_CREDENTIAL_PASSWORD:
      return fetch_password(credentials, out, err);
    case POP3_CREDENTIAL_AUTHZID:
    case POP3_CREDENTIAL_TOKEN:
    case POP3_CREDENTIAL_REALM:
      break;
  }
  return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0, "not given");
}
