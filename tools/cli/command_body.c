// `pop3 retr` and `pop3 top`: one message on standard output, octet for octet.
#include <stdio.h>
#include <unistd.h>

#include "tools/cli/commands.h"
#include "tools/cli/place_sink.h"

int cli_body(cli_connection *c) {
  int code = cli_connection_login(c);
  if (code != CLI_EXIT_OK) return code;
  const cli_options *o = c->options;
  uint32_t number = o->messages.ranges[0].first;
  cli_place_sink place_sink;
  pop3_sink sink;
  cli_deliver *place = NULL;
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = cli_deliver_fd_open(&place, STDOUT_FILENO, "standard output", &err);
  if (status == POP3_OK) {
    status = cli_place_sink_begin(&place_sink, &sink, place, number, &err);
    if (status == POP3_OK) {
      status = o->command == CLI_TOP ? pop3_top(c->session, number, o->lines, &sink, &err)
                                     : pop3_retr(c->session, number, &sink, &err);
    }
    status = cli_place_sink_end(&place_sink, status, &err);
    place->ops->close(place);
  }
  if (status == POP3_OK) {
    cli_connection_finish(c);
    return CLI_EXIT_OK;
  }
  char what[32];
  (void)snprintf(what, sizeof(what), "message %lu", (unsigned long)number);
  return cli_connection_fail(c, what, &err);
}
