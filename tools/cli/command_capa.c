#include <stdio.h>
#include <string.h>

#include "tools/cli/commands.h"
#include "tools/cli/json.h"
#include "tools/cli/output.h"

static void print_json(cli_json *json, const char *when, const pop3_capabilities *caps) {
  cli_json_key(json, when);
  if (caps == NULL) {
    cli_json_null(json);
    return;
  }
  cli_json_open(json, '[');
  for (size_t i = 0; i < caps->num_lines; ++i) {
    cli_json_open(json, '{');
    cli_json_key(json, "keyword");
    cli_json_string(json, caps->lines[i].keyword, strlen(caps->lines[i].keyword));
    cli_json_key(json, "arguments");
    cli_json_string(json, caps->lines[i].arguments, strlen(caps->lines[i].arguments));
    cli_json_close(json, '}');
  }
  cli_json_close(json, ']');
}

static void print_text(const char *when, const pop3_capabilities *caps) {
  printf("%s login:\n", when);
  for (size_t i = 0; i < caps->num_lines; ++i) {
    const pop3_capability *line = &caps->lines[i];
    printf("  %s%s%s\n", line->keyword, line->arguments[0] == '\0' ? "" : " ", line->arguments);
  }
}

// Asks and prints. A server that does not know CAPA is told about and no failure.
static int ask(cli_connection *c, cli_json *json, int after) {
  const pop3_capabilities *caps = NULL;
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = pop3_capa(c->session, &caps, &err);
  int code = CLI_EXIT_OK;
  cli_connection_tell_damage(c);
  if (status == POP3_REFUSED) {
    cli_report_note(&c->report, "%s login the server refuses CAPA: %s", after ? "after" : "before",
                    err.text);
  } else if (status != POP3_OK) {
    code = cli_connection_fail(c, "CAPA", &err);
  }
  if (status != POP3_OK) caps = NULL;
  if (json != NULL) {
    print_json(json, after ? "after" : "before", caps);
  } else if (caps != NULL) {
    print_text(after ? "After" : "Before", caps);
  }
  return code;
}

// Logs in, if there is a name to do it with.
static int login(cli_connection *c, int *out_done) {
  *out_done = 0;
  if (c->options->no_login) return CLI_EXIT_OK;
  const char *user = NULL;
  pop3_error err = POP3_ERROR_INIT;
  cli_patience_start(&c->patience, CLI_LIMIT_LOGIN);
  if (cli_credentials_user(&c->credentials, &user, &err) != POP3_OK) {
    return cli_connection_fail(c, NULL, &err);
  }
  if (user == NULL) {
    cli_report_note(&c->report, "no user name given: only what is offered before login is shown");
    return CLI_EXIT_OK;
  }
  int code = cli_connection_login(c);
  *out_done = code == CLI_EXIT_OK;
  return code;
}

int cli_capa(cli_connection *c) {
  int code = cli_connection_greet(c);
  if (code != CLI_EXIT_OK) return code;
  cli_json storage;
  cli_json *json = c->options->json ? &storage : NULL;
  if (json != NULL) {
    cli_json_init(json, stdout);
    cli_json_open(json, '{');
  }
  int logged_in = 0;
  int sys_errno = 0;
  code = ask(c, json, 0);
  if (code == CLI_EXIT_OK) {
    (void)fflush(stdout);  // what is known is shown, also while a password is asked for
    (void)cli_output_failed(&sys_errno);
    code = login(c, &logged_in);
  }
  if (logged_in) {
    code = ask(c, json, 1);
  } else if (json != NULL) {
    print_json(json, "after", NULL);
  }
  if (json != NULL) {
    cli_json_close(json, '}');
    cli_json_end(json);
  }
  pop3_error err = POP3_ERROR_INIT;
  if (cli_output_finish(sys_errno, &err) != POP3_OK) code = cli_connection_fail(c, NULL, &err);
  if (code == CLI_EXIT_OK) cli_connection_finish(c);
  return code;
}
