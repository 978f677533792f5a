#include <inttypes.h>
#include <stdio.h>

#include "tools/cli/commands.h"
#include "tools/cli/json.h"
#include "tools/cli/output.h"

int cli_stat(cli_connection *c) {
  int code = cli_connection_login(c);
  if (code != CLI_EXIT_OK) return code;
  uint32_t count = 0;
  uint64_t octets = 0;
  pop3_error err = POP3_ERROR_INIT;
  if (pop3_stat(c->session, &count, &octets, &err) != POP3_OK) {
    return cli_connection_fail(c, "STAT", &err);
  }
  if (c->options->json) {
    cli_json json;
    cli_json_init(&json, stdout);
    cli_json_open(&json, '{');
    cli_json_key(&json, "count");
    cli_json_number(&json, count);
    cli_json_key(&json, "octets");
    cli_json_number(&json, octets);
    cli_json_close(&json, '}');
    cli_json_end(&json);
  } else {
    printf("%" PRIu32 " %" PRIu64 "\n", count, octets);
  }
  if (cli_output_finish(0, &err) != POP3_OK) code = cli_connection_fail(c, NULL, &err);
  cli_connection_finish(c);
  return code;
}
