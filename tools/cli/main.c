// pop3: the command-line client of libpop3.
#include <pop3/version.h>
#include <stdio.h>

#include "tools/cli/commands.h"
#include "tools/cli/help.h"
#include "tools/cli/option_parse.h"
#include "tools/cli/options.h"
#include "tools/cli/output.h"
#include "tools/cli/report.h"
#include "tools/cli/scrub.h"
#include "tools/cli/signals.h"
#include "tools/cli/standard_fds.h"

static int run(const cli_options *options, int argc, char **argv) {
  static int (*const kCommands[CLI_NUM_COMMANDS])(cli_connection *) = {
      [CLI_FETCH] = cli_fetch, [CLI_LIST] = cli_list, [CLI_UIDL] = cli_list,
      [CLI_STAT] = cli_stat,   [CLI_CAPA] = cli_capa, [CLI_CHECK] = cli_check,
      [CLI_TOP] = cli_body,    [CLI_RETR] = cli_body, [CLI_DELE] = cli_dele,
      [CLI_RAW] = cli_raw,
  };
  cli_connection connection;
  int code = cli_connection_open(&connection, options);
  cli_scrub_argv(argc, argv);  // the URL has been read
  if (code == CLI_EXIT_OK) code = kCommands[options->command](&connection);
  cli_connection_close(&connection);
  return code;
}

// A mistake in the command line: says what it is and where help is.
static int usage_error(const cli_options *options, const pop3_error *mistake) {
  const char *name = cli_command_name(options->command);
  const cli_report report = {name, 0, NULL};
  pop3_error err = *mistake;
  if (err.status == POP3_ERR_ARGUMENT) {
    pop3_error_set(&err, err.status, err.layer, 0, "%s (see `pop3 %s%s--help`)", mistake->text,
                   name, name[0] == '\0' ? "" : " ");
  }
  return cli_report_error(&report, NULL, CLI_STAGE_OTHER, &err);
}

// --help and --version.
static int inform(const cli_options *options) {
  if (options->help) {
    cli_help(stdout, options->command);
  } else {
    printf("pop3 (libpop3) %s\n", pop3_version());
  }
  pop3_error err = POP3_ERROR_INIT;
  if (cli_output_finish(0, &err) == POP3_OK) return CLI_EXIT_OK;
  const cli_report report = {"", 0, NULL};
  return cli_report_error(&report, NULL, CLI_STAGE_OTHER, &err);
}

int main(int argc, char **argv) {
  if (!cli_standard_fds_guard()) return CLI_EXIT_INTERNAL;
  cli_signals_install();
  cli_options options;
  pop3_error err = POP3_ERROR_INIT;
  int code;
  if (cli_options_parse(&options, argc, argv, &err) != POP3_OK) {
    cli_scrub_argv(argc, argv);
    code = usage_error(&options, &err);
  } else if (options.help || options.version) {
    code = inform(&options);
  } else if (options.command == CLI_PLUGINS) {
    code = cli_plugins(&options);
  } else {
    code = run(&options, argc, argv);
  }
  cli_options_cleanup(&options);
  return code;
}
