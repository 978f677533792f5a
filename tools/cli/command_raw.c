// `pop3 raw`: any command, also one that this library does not know.
#include <stdio.h>
#include <unistd.h>

#include "tools/cli/commands.h"
#include "tools/cli/output.h"
#include "tools/cli/place_sink.h"

static pop3_status single(cli_connection *c, pop3_error *err) {
  pop3_status status = pop3_raw(c->session, c->options->raw_line, err);
  if (status != POP3_OK) return status;
  const pop3_reply *reply = pop3_session_reply(c->session);
  if (reply != NULL) fwrite(reply->text, 1, reply->text_len, stdout);
  putchar('\n');
  return cli_output_finish(0, err);
}

// The lines go to the terminal or a script: with LF.
static pop3_status multi(cli_connection *c, pop3_error *err) {
  cli_deliver *out = NULL;
  pop3_status status = cli_deliver_fd_open(&out, STDOUT_FILENO, "standard output", err);
  if (status != POP3_OK) return status;
  cli_deliver *lines = NULL;
  status = cli_deliver_lf_open(&lines, out, err);
  if (status != POP3_OK) {
    out->ops->close(out);
    return status;
  }
  cli_place_sink place_sink;
  pop3_sink sink;
  status = cli_place_sink_begin(&place_sink, &sink, lines, 0, err);
  if (status == POP3_OK) status = pop3_raw_multi(c->session, c->options->raw_line, &sink, err);
  status = cli_place_sink_end(&place_sink, status, err);
  lines->ops->close(lines);
  return status;
}

int cli_raw(cli_connection *c) {
  int code = c->options->no_login ? cli_connection_greet(c) : cli_connection_login(c);
  if (code != CLI_EXIT_OK) return code;
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = c->options->multi ? multi(c, &err) : single(c, &err);
  if (status != POP3_OK && status != POP3_REFUSED) return cli_connection_fail(c, NULL, &err);
  if (status == POP3_REFUSED) code = cli_connection_fail(c, NULL, &err);
  cli_connection_finish(c);
  return code;
}
