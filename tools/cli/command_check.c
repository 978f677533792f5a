#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/cli/check_report.h"
#include "tools/cli/commands.h"
#include "tools/cli/output.h"

// Asks for the capabilities, unless they are known.
static int ask_capabilities(cli_connection *c) {
  pop3_error err = POP3_ERROR_INIT;
  if (pop3_engine_capabilities(pop3_session_engine(c->session)) != NULL) return CLI_EXIT_OK;
  const pop3_status status = pop3_capa(c->session, NULL, &err);
  if (status == POP3_OK) return CLI_EXIT_OK;
  if (status != POP3_REFUSED) return cli_connection_fail(c, "CAPA", &err);
  cli_report_note(&c->report, "the server refuses CAPA: %s", err.text);
  return CLI_EXIT_OK;
}

int cli_check(cli_connection *c) {
  int code = cli_connection_greet(c);
  if (code != CLI_EXIT_OK) return code;
  cli_check_report report;
  cli_check_begin(&report, c->options->json ? stdout : NULL, c->session);
  pop3_security security = POP3_SECURITY_INIT;
  pop3_session_security(c->session, &security);
  if (!security.is_encrypted) {
    code = ask_capabilities(c);
    cli_check_capabilities(&report, "in the clear", "capabilities_in_the_clear");
  }
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = POP3_OK;
  if (code == CLI_EXIT_OK) {
    cli_patience_start(&c->patience, CLI_LIMIT_LOGIN);
    status = pop3_survey(c->session, &err);
    cli_connection_tell_damage(c);
    // That no mechanism is usable is a finding, and so is a policy that cannot be met.
    if (status != POP3_OK) code = cli_connection_fail(c, NULL, &err);
  }
  if (pop3_session_error(c->session) == NULL) {
    pop3_session_security(c->session, &security);
    cli_check_transport(&report, &security);
    if (security.is_encrypted) cli_check_certificate(&report, time(NULL));
    if (security.is_encrypted) {
      cli_check_capabilities(&report, "encrypted", "capabilities_encrypted");
    }
    cli_check_mechanisms(&report, &security);
  }
  cli_check_end(&report);
  err.status = POP3_OK;
  if (cli_output_finish(0, &err) != POP3_OK) code = cli_connection_fail(c, NULL, &err);
  if (pop3_session_error(c->session) == NULL) cli_connection_finish(c);
  return code;
}
