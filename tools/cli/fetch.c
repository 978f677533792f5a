// `pop3 fetch`: from the options to the summary.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "tools/cli/clock.h"
#include "tools/cli/commands.h"
#include "tools/cli/fetch_run.h"
#include "tools/cli/fetch_sessions.h"
#include "tools/cli/fetch_summary.h"
#include "tools/cli/output.h"

// Opens the place that the options name.
static pop3_status open_place(cli_deliver **out, const cli_options *o, const cli_report *report,
                              pop3_error *err) {
  cli_eol eol = o->eol;
  if (eol == CLI_EOL_DEFAULT) eol = o->mbox != NULL ? CLI_EOL_LF : CLI_EOL_CRLF;
  pop3_status status;
  if (o->maildir != NULL) {
    status = cli_deliver_maildir_open(out, o->maildir, err);
  } else if (o->mbox != NULL) {
    status = cli_deliver_mbox_open(out, o->mbox, eol == CLI_EOL_CRLF, report, err);
  } else if (o->dir != NULL) {
    status = cli_deliver_dir_open(out, o->dir, o->force, err);
  } else {
    status = cli_deliver_fd_open(out, STDOUT_FILENO, "standard output", err);
  }
  if (status != POP3_OK || eol == CLI_EOL_CRLF) return status;
  cli_deliver *inner = *out;
  status = cli_deliver_lf_open(out, inner, err);
  if (status != POP3_OK) inner->ops->close(inner);
  return status;
}

// Logs in and finds out what there is.
static int prepare(cli_connection *c, cli_fetch_plan *plan) {
  int code = cli_connection_login(c);
  if (code != CLI_EXIT_OK) return code;
  pop3_error err = POP3_ERROR_INIT;
  const cli_options *o = c->options;
  if (cli_connection_ask_pipelining(c, &err) != POP3_OK) {
    return cli_connection_fail(c, "CAPA", &err);
  }
  if (cli_fetch_plan_ask(plan, c->session, &err) != POP3_OK) {
    return cli_connection_fail(c, "LIST", &err);
  }
  uint64_t missing = cli_fetch_plan_missing(plan);
  if (missing > 0) {
    cli_report_note(&c->report, "%" PRIu64 " of the messages asked for are not there", missing);
  }
  if (plan->doubles > 0) {
    cli_report_note(&c->report,
                    "%" PRIu64 " lines of LIST name a number a second time: each is fetched once",
                    plan->doubles);
  }
  // They name the files of --dir, and find a message again in another session.
  if ((o->dir != NULL || o->delete_fetched) &&
      cli_fetch_plan_ask_ids(plan, c->session, &err) != POP3_OK) {
    return cli_connection_fail(c, "UIDL", &err);
  }
  return CLI_EXIT_OK;
}

int cli_fetch(cli_connection *c) {
  const cli_options *o = c->options;
  cli_deliver *place = NULL;
  pop3_error err = POP3_ERROR_INIT;
  if (open_place(&place, o, &c->report, &err) != POP3_OK) return cli_connection_fail(c, NULL, &err);
  cli_fetch_plan plan;
  cli_fetch_plan_init(&plan, &o->messages, o->max_size);
  int code = prepare(c, &plan);
  if (code == CLI_EXIT_OK) {
    cli_fetch_run run;
    cli_fetch_summary summary = {&run, cli_clock_ms(NULL), 0, 0, POP3_QUIT_UNKNOWN};
    cli_fetch_run_init(&run, c, &plan, place);
    code = cli_fetch_sessions(&run, &summary);
    summary.end_ms = cli_clock_ms(NULL);
    if (code == CLI_EXIT_OK && cli_fetch_plan_missing(&plan) > 0 && plan.num_entries == 0) {
      code = CLI_EXIT_REFUSED;
    }
    cli_fetch_summary_tell(&summary);
    if (o->json) cli_fetch_summary_json(&summary, stdout);
    if (o->json && cli_output_finish(0, &err) != POP3_OK) {
      code = cli_connection_fail(c, NULL, &err);
    }
  }
  place->ops->close(place);
  cli_fetch_plan_cleanup(&plan);
  return code;
}
