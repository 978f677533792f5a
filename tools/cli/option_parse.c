#include "tools/cli/option_parse.h"

#include <stdint.h>
#include <string.h>

#include "tools/cli/command_table.h"
#include "tools/cli/option_apply.h"
#include "tools/cli/option_check.h"
#include "tools/cli/option_table.h"

#define LAYER "cli"

// parser walks over argv.
typedef struct parser {
  cli_options *out;
  char **argv;
  int argc;
  int at;
  uint32_t seen[2];  // bits of the options that were given, by cli_option_id
  int has_command;
} parser;

static const cli_option_row *find_long(const char *name, size_t name_len) {
  for (const cli_option_row *row = cli_option_rows; row->name != NULL; ++row) {
    if (strlen(row->name) == name_len && memcmp(row->name, name, name_len) == 0) return row;
  }
  return NULL;
}

static const cli_option_row *find_short(char letter) {
  for (const cli_option_row *row = cli_option_rows; row->name != NULL; ++row) {
    if (row->letter == letter) return row;
  }
  return NULL;
}

static int repeatable(cli_option_id id) {
  return id == CLI_OPT_RESOLVE || id == CLI_OPT_QUIRK || id == CLI_OPT_LIMIT ||
         id == CLI_OPT_MESSAGES || id == CLI_OPT_PLUGIN || id == CLI_OPT_PLUGIN_DIR;
}

_Static_assert(CLI_OPT_VERSION < 64, "parser.seen has a bit for each option");

static pop3_status note_seen(parser *p, const cli_option_row *row, pop3_error *err) {
  uint32_t *word = &p->seen[row->id / 32];
  uint32_t bit = UINT32_C(1) << (row->id % 32);
  if ((*word & bit) != 0 && row->value != NULL && !repeatable(row->id)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s is given twice", row->name);
  }
  *word |= bit;
  return POP3_OK;
}

// Applies an option whose value, if it stands in the same word, is |value|.
static pop3_status apply(parser *p, const cli_option_row *row, const char *value, pop3_error *err) {
  pop3_status status = note_seen(p, row, err);
  if (status != POP3_OK) return status;
  if (row->value == NULL && value != NULL) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s takes no value", row->name);
  }
  if (row->value != NULL && value == NULL) {
    if (p->at == p->argc) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s needs a value: %s %s", row->name,
                            row->name, row->value);
    }
    value = p->argv[p->at++];
  }
  return cli_option_apply(p->out, row, value, err);
}

static pop3_status parse_long(parser *p, const char *word, pop3_error *err) {
  const char *equals = strchr(word, '=');
  size_t name_len = equals == NULL ? strlen(word) : (size_t)(equals - word);
  const cli_option_row *row = find_long(word, name_len);
  if (row == NULL) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "there is no option %.*s",
                          (int)name_len, word);
  }
  return apply(p, row, equals == NULL ? NULL : equals + 1, err);
}

// "-vv", "-4q", "-uNAME", "-u NAME".
static pop3_status parse_short(parser *p, const char *word, pop3_error *err) {
  for (const char *c = word + 1; *c != '\0'; ++c) {
    const cli_option_row *row = find_short(*c);
    if (row == NULL) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "there is no option -%c", *c);
    }
    int takes_rest = row->value != NULL && c[1] != '\0';
    pop3_status status = apply(p, row, takes_rest ? c + 1 : NULL, err);
    if (status != POP3_OK || takes_rest) return status;
  }
  return POP3_OK;
}

// A word that is no option: the command, the URL, an argument.
static pop3_status parse_word(parser *p, char *word, pop3_error *err) {
  cli_options *out = p->out;
  if (!p->has_command) {
    if (strcmp(word, "help") == 0 && !out->help) {  // "pop3 help", "pop3 help fetch"
      out->help = 1;
      return POP3_OK;
    }
    for (int i = CLI_NONE + 1; i < CLI_NUM_COMMANDS; ++i) {
      if (strcmp(word, cli_command_rows[i].name) == 0) out->command = (cli_command)i;
    }
    p->has_command = out->command != CLI_NONE;
    if (p->has_command) return POP3_OK;
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "there is no command \"%s\"%s", word,
                          strstr(word, "://") == NULL ? "" : ": the command stands before the URL");
  }
  if (out->url == NULL) {
    out->url = word;
  } else {
    out->args[out->num_args++] = word;
  }
  return POP3_OK;
}

// Options that this command does not take.
static pop3_status check_applicable(const parser *p, pop3_error *err) {
  for (const cli_option_row *row = cli_option_rows; row->name != NULL; ++row) {
    int seen = (p->seen[row->id / 32] >> (row->id % 32) & 1) != 0;
    if (seen && (row->commands & CLI_BIT(p->out->command)) == 0) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s does not go with %s", row->name,
                            cli_command_name(p->out->command));
    }
  }
  return POP3_OK;
}

pop3_status cli_options_parse(cli_options *out, int argc, char **argv, pop3_error *err) {
  parser p = {out, argv, argc, 1, {0, 0}, 0};
  pop3_status status = cli_options_init(out, (size_t)argc, err);
  int only_words = 0;
  while (p.at < argc && status == POP3_OK) {
    char *word = argv[p.at++];
    if (only_words || word[0] != '-' || word[1] == '\0') {
      status = parse_word(&p, word, err);
    } else if (strcmp(word, "--") == 0) {
      only_words = 1;
    } else if (word[1] == '-') {
      status = parse_long(&p, word, err);
    } else {
      status = parse_short(&p, word, err);
    }
  }
  if (status != POP3_OK || out->help || out->version) return status;
  if (!p.has_command) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "the command is missing");
  }
  status = check_applicable(&p, err);
  return status == POP3_OK ? cli_options_check(out, err) : status;
}
