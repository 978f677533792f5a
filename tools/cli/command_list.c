// `pop3 list` and `pop3 uidl`: each line is printed as it comes, so that a mailbox of any size
// costs no memory.
#include <inttypes.h>
#include <stdio.h>

#include "tools/cli/commands.h"
#include "tools/cli/json.h"
#include "tools/cli/output.h"

typedef struct listing {
  int as_json;
  int sys_errno;  // of the first write that failed
  cli_json json;
} listing;

static void print_json(cli_json *json, const pop3_item *item) {
  cli_json_open(json, '{');
  cli_json_key(json, "number");
  cli_json_number(json, item->number);
  if (item->kind == POP3_ITEM_UNIQUE_ID) {
    cli_json_key(json, "uid");
    cli_json_string(json, item->text, item->text_len);
  } else {
    cli_json_key(json, "octets");
    if (item->octets == POP3_OCTETS_UNKNOWN) {
      cli_json_null(json);
    } else {
      cli_json_number(json, item->octets);
    }
  }
  cli_json_close(json, '}');
}

static void print_line(const pop3_item *item) {
  if (item->kind == POP3_ITEM_UNIQUE_ID) {
    printf("%" PRIu32 " ", item->number);
    fwrite(item->text, 1, item->text_len, stdout);
    putchar('\n');
  } else if (item->octets == POP3_OCTETS_UNKNOWN) {
    printf("%" PRIu32 " ?\n", item->number);
  } else {
    printf("%" PRIu32 " %" PRIu64 "\n", item->number, item->octets);
  }
}

static pop3_sink_verdict on_item(void *arg, const pop3_item *item) {
  listing *self = arg;
  if (self->as_json) {
    print_json(&self->json, item);
  } else {
    print_line(item);
  }
  return cli_output_failed(&self->sys_errno) ? POP3_SINK_STOP : POP3_SINK_CONTINUE;
}

int cli_list(cli_connection *c) {
  int code = cli_connection_login(c);
  if (code != CLI_EXIT_OK) return code;
  listing self;
  self.as_json = c->options->json;
  self.sys_errno = 0;
  cli_json_init(&self.json, stdout);
  int is_uidl = c->options->command == CLI_UIDL;
  pop3_request request = POP3_REQUEST_INIT(is_uidl ? POP3_CMD_UIDL : POP3_CMD_LIST);
  pop3_sink sink = POP3_SINK_INIT;
  sink.item = on_item;
  sink.arg = &self;
  if (self.as_json) cli_json_open(&self.json, '[');
  pop3_error err = POP3_ERROR_INIT;
  pop3_op_id op = 0;
  pop3_status status = pop3_submit(c->session, &request, &sink, &op, &err);
  if (status == POP3_OK) status = pop3_wait(c->session, op, POP3_NO_TIMEOUT, &err);
  if (self.as_json) {
    cli_json_close(&self.json, ']');
    cli_json_end(&self.json);
  }
  pop3_error output = POP3_ERROR_INIT;
  if (cli_output_finish(self.sys_errno, &output) != POP3_OK) {
    code = cli_connection_fail(c, NULL, &output);
  } else if (status != POP3_OK) {
    code = cli_connection_fail(c, is_uidl ? "UIDL" : "LIST", &err);
  }
  if (code == CLI_EXIT_OK) cli_connection_finish(c);
  return code;
}
