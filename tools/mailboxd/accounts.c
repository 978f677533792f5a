#define _GNU_SOURCE 1
#include "tools/mailboxd/accounts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_OF_MEMORY "out of memory"

static int add(struct users *users, struct mailboxes *boxes, const char *name, size_t name_len,
               const char *password, const struct mailbox_spec *spec, const char **out_why) {
  struct user *user;
  if (name_len == 0) {
    *out_why = "a user needs a name";
    return 0;
  }
  if (spec->kind == MAILBOX_NONE) {
    *out_why =
        "the user has no mailbox, and there is no default one (--maildir, --mbox, --generate)";
    return 0;
  }
  *out_why = OUT_OF_MEMORY;
  if (!users_add(users, name, name_len, password, &user)) {
    return 0;
  }
  user->box = mailboxes_get(boxes, spec);
  return user->box != NULL;
}

// Reads ":maildir=DIR" and the like at the end of |line|, and cuts it off.
static int cut_mailbox(char *line, struct mailbox_spec *spec, const char **out_why) {
  static const struct {
    const char *key;
    enum mailbox_kind kind;
  } kKinds[] = {
      {":maildir=", MAILBOX_MAILDIR}, {":mbox=", MAILBOX_MBOX}, {":generate=", MAILBOX_GENERATED}};
  for (size_t i = 0; i < sizeof(kKinds) / sizeof(kKinds[0]); i++) {
    char *at = strstr(line, kKinds[i].key);
    if (at == NULL) {
      continue;
    }
    *at = '\0';
    const char *value = at + strlen(kKinds[i].key);
    if (kKinds[i].kind == MAILBOX_GENERATED) {
      return mailbox_spec_generate(spec, value, out_why);
    }
    *spec = (struct mailbox_spec){.kind = kKinds[i].kind, .path = value};
    *out_why = "the path is empty";
    return value[0] != '\0';
  }
  return 1;
}

static int add_line(struct users *users, struct mailboxes *boxes, char *line,
                    const struct mailbox_spec *fallback, const char **out_why) {
  struct mailbox_spec spec = *fallback;
  if (!cut_mailbox(line, &spec, out_why)) {
    return 0;
  }
  const char *colon = strchr(line, ':');
  if (colon == NULL) {
    *out_why = "it must be NAME:PASSWORD[:maildir=DIR|:mbox=FILE|:generate=COUNTxSIZE]";
    return 0;
  }
  return add(users, boxes, line, (size_t)(colon - line), colon + 1, &spec, out_why);
}

static int read_file(struct users *users, struct mailboxes *boxes, const struct options *options,
                     char *why, size_t why_size) {
  FILE *file = fopen(options->users_file, "re");
  if (file == NULL) {
    snprintf(why, why_size, "--users %s: %s", options->users_file, strerror(errno));
    return 0;
  }
  char *line = NULL;
  size_t cap = 0;
  int good = 1;
  for (unsigned number = 1; good && getline(&line, &cap, file) >= 0; number++) {
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#') {
      continue;
    }
    const char *reason;
    good = add_line(users, boxes, line, &options->mailbox, &reason);
    if (!good) {
      snprintf(why, why_size, "--users %s, line %u: %s", options->users_file, number, reason);
    }
  }
  if (line != NULL) {
    explicit_bzero(line, cap);
  }
  free(line);
  fclose(file);
  return good;
}

static int trust(struct users *users, const char *spec, char *why, size_t why_size) {
  size_t len = strcspn(spec, ":");
  struct user *user = users_find(users, spec, len);
  if (user == NULL) {
    snprintf(why, why_size, "--rpop %s: there is no such user", spec);
    return 0;
  }
  free(user->trusted_as);
  user->trusted_as = spec[len] == ':' ? strdup(spec + len + 1) : strdup(user->name);
  snprintf(why, why_size, OUT_OF_MEMORY);
  return user->trusted_as != NULL;
}

static int give_token(struct users *users, const char *spec, char *why, size_t why_size) {
  size_t len = strcspn(spec, ":");
  struct user *user = users_find(users, spec, len);
  if (user == NULL || user->token != NULL) {
    snprintf(why, why_size, "--oauth %.*s: %s", (int)len, spec,
             user == NULL ? "there is no such user" : "this user has a token already");
    return 0;
  }
  user->token = strdup(spec + len + 1);
  snprintf(why, why_size, OUT_OF_MEMORY);
  return user->token != NULL;
}

static int check_anonymous(const struct users *users, const char *name, char *why,
                           size_t why_size) {
  if (name == NULL || users_find(users, name, strlen(name)) != NULL) {
    return 1;
  }
  snprintf(why, why_size, "--anonymous %s: there is no such user", name);
  return 0;
}

int accounts_load(struct users *users, struct mailboxes *boxes, const struct options *options,
                  char *why, size_t why_size) {
  for (size_t i = 0; i < options->num_users; i++) {
    const char *spec = options->users[i];
    size_t len = strcspn(spec, ":");
    const char *reason;
    if (!add(users, boxes, spec, len, spec + len + 1, &options->mailbox, &reason)) {
      snprintf(why, why_size, "--user %.*s: %s", (int)len, spec, reason);
      return 0;
    }
  }
  if (options->users_file != NULL && !read_file(users, boxes, options, why, why_size)) {
    return 0;
  }
  const char *twice;
  if (!users_sort(users, &twice)) {
    snprintf(why, why_size, "user %s is there twice", twice);
    return 0;
  }
  for (size_t i = 0; i < options->num_rpop; i++) {
    if (!trust(users, options->rpop[i], why, why_size)) {
      return 0;
    }
  }
  for (size_t i = 0; i < options->num_oauth; i++) {
    if (!give_token(users, options->oauth[i], why, why_size)) {
      return 0;
    }
  }
  return check_anonymous(users, options->session.anonymous, why, why_size);
}
