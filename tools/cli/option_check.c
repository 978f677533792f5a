#include "tools/cli/option_check.h"

#include <stddef.h>

#include "tools/cli/command_table.h"
#include "tools/cli/number_set.h"
#include "tools/cli/option_value.h"

#define LAYER "cli"

static pop3_status check_combinations(const cli_options *o, pop3_error *err) {
  const char *why = NULL;
  int places = (o->maildir != NULL) + (o->mbox != NULL) + (o->dir != NULL);
  if (places > 1) {
    why = "only one of --maildir, --mbox and --dir may be given";
  } else if (o->delete_fetched && o->keep) {
    why = "--keep and --delete contradict each other";
  } else if (o->delete_fetched && places == 0) {
    why = "--delete needs --maildir, --mbox or --dir: what goes to standard output may get lost";
  } else if (o->command == CLI_FETCH && o->json && places == 0) {
    why = "--json needs --maildir, --mbox or --dir: standard output cannot take both";
  } else if (o->force && o->dir == NULL) {
    why = "--force goes with --dir only";
  } else if (o->force && o->delete_fetched) {
    why =
        "--force and --delete together could destroy mail: a file would be replaced by a message "
        "that is then deleted from the server";
  } else if (o->password_file != NULL && o->password_command != NULL) {
    why = "only one of --password-file and --password-command may be given";
  } else if (o->token_command != NULL &&
             (o->password_file != NULL || o->password_command != NULL)) {
    why = "a token and a password are given: only one of them can be used";
  } else if (o->key != NULL && o->cert == NULL) {
    why = "--key goes with --cert only";
  } else if (o->insecure && (o->ca_file != NULL || o->ca_dir != NULL || o->tls_name != NULL)) {
    why = "--insecure-do-not-verify contradicts --ca-file, --ca-dir and --tls-name";
  } else if (o->insecure && o->no_check_name) {
    why = "--no-check-name means nothing with --insecure-do-not-verify";
  } else if (o->netrc != NULL && o->no_netrc) {
    why = "--netrc and --no-netrc contradict each other";
  } else if (o->quiet && o->verbose > 0) {
    why = "--quiet and --verbose contradict each other";
  }
  return why == NULL ? POP3_OK : pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s", why);
}

static pop3_status check_one_number(const cli_options *o, const char *text, pop3_error *err) {
  if (cli_number_set_count(&o->messages) == 1) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "\"%s\" is not one message number", text);
}

// Reads what follows the URL.
static pop3_status read_arguments(cli_options *o, pop3_error *err) {
  const cli_command_row *row = &cli_command_rows[o->command];
  if (!cli_command_takes_url(o->command)) {
    if (o->url == NULL) return POP3_OK;
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "use: pop3 %s [OPTIONS]", row->name);
  }
  if (o->url == NULL) return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "the URL is missing");
  if (o->num_args < row->min_args || (row->max_args >= 0 && o->num_args > row->max_args)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "use: pop3 %s URL%s%s [OPTIONS]",
                          row->name, row->args[0] == '\0' ? "" : " ", row->args);
  }
  pop3_status status = POP3_OK;
  switch (o->command) {
    case CLI_DELE:
      for (int i = 0; i < o->num_args && status == POP3_OK; ++i) {
        status = cli_number_set_add(&o->messages, o->args[i], err);
      }
      if (status == POP3_OK && o->messages.ranges[o->messages.num_ranges - 1].last == UINT32_MAX) {
        status = pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "dele needs a range with an end");
      }
      return status;
    case CLI_TOP:
      if (!cli_value_number(&o->lines, o->args[1])) {
        return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "\"%s\" is not a number of lines",
                              o->args[1]);
      }
      // fall through
    case CLI_RETR:
      status = cli_number_set_add(&o->messages, o->args[0], err);
      return status == POP3_OK ? check_one_number(o, o->args[0], err) : status;
    case CLI_RAW:
      o->raw_line = o->args[0];
      return POP3_OK;
    default:
      return POP3_OK;
  }
}

pop3_status cli_options_check(cli_options *options, pop3_error *err) {
  pop3_status status = check_combinations(options, err);
  return status == POP3_OK ? read_arguments(options, err) : status;
}
