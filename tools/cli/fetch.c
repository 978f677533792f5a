// `pop3 fetch`: from the options to the summary.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "tools/cli/clock.h"
#include "tools/cli/commands.h"
#include "tools/cli/fetch_run.h"
#include "tools/cli/fetch_summary.h"
#include "tools/cli/output.h"
#include "tools/cli/quit.h"

// Opens the place that the options name.
static pop3_status open_place(cli_deliver **out, const cli_options *o, pop3_error *err) {
  cli_eol eol = o->eol;
  if (eol == CLI_EOL_DEFAULT) eol = o->mbox != NULL ? CLI_EOL_LF : CLI_EOL_CRLF;
  pop3_status status;
  if (o->maildir != NULL) {
    status = cli_deliver_maildir_open(out, o->maildir, err);
  } else if (o->mbox != NULL) {
    status = cli_deliver_mbox_open(out, o->mbox, eol == CLI_EOL_CRLF, err);
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

// Looks before anything is fetched whether every message can be put where it belongs.
static pop3_status check_place(const cli_fetch_plan *plan, cli_deliver *place, pop3_error *err) {
  pop3_status status = POP3_OK;
  for (size_t i = 0; place->ops->check != NULL && i < plan->num_entries && status == POP3_OK; ++i) {
    status = place->ops->check(place, plan->entries[i].number, err);
  }
  return status;
}

// Logs in and finds out what there is. Servers may offer more after the login: if PIPELINING was
// not among what they said before, they are asked once more.
static int prepare(cli_connection *c, cli_fetch_plan *plan, cli_deliver *place) {
  int code = cli_connection_login(c);
  if (code != CLI_EXIT_OK) return code;
  pop3_error err = POP3_ERROR_INIT;
  const pop3_capabilities *caps = pop3_engine_capabilities(pop3_session_engine(c->session));
  if (!c->options->no_pipelining && !pop3_capabilities_has(caps, POP3_CAP_PIPELINING)) {
    pop3_status asked = pop3_capa(c->session, &caps, &err);
    if (asked != POP3_OK && asked != POP3_REFUSED) return cli_connection_fail(c, "CAPA", &err);
  }
  if (cli_fetch_plan_ask(plan, c->session, &err) != POP3_OK) {
    return cli_connection_fail(c, "LIST", &err);
  }
  uint64_t missing = cli_fetch_plan_missing(plan);
  if (missing > 0) {
    cli_report_note(&c->report, "%" PRIu64 " of the messages asked for are not there", missing);
  }
  if (check_place(plan, place, &err) != POP3_OK) return cli_connection_fail(c, NULL, &err);
  return CLI_EXIT_OK;
}

// Ends the session. Without marked messages QUIT is a courtesy.
static int finish(cli_connection *c, const cli_fetch_run *run, cli_fetch_summary *summary) {
  if (run->marked == 0) {
    cli_connection_finish(c);
    return CLI_EXIT_OK;
  }
  int code = cli_quit_commit(c, run->marked, &summary->outcome);
  summary->quit_was_sent = 1;
  return code;
}

// Fetches, and ends the session if it is still there.
static int fetch_all(cli_connection *c, cli_fetch_run *run, cli_fetch_summary *summary) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = cli_fetch_run_go(run, &err);
  int code = CLI_EXIT_OK;
  if (status != POP3_OK) {
    char what[64];
    (void)snprintf(what, sizeof(what), "message %" PRIu32, run->failed_number);
    int tell = run->failed_number != 0 && run->failure.status == POP3_OK;
    code = cli_connection_fail(c, tell && status != POP3_ERR_CANCELLED ? what : NULL, &err);
  }
  // After a failure on this side what is stored and marked is still worth committing, if all
  // answers are in.
  if (!run->cut_off) {
    int quit_code = finish(c, run, summary);
    if (code == CLI_EXIT_OK) code = quit_code;
  } else if (c->options->delete_fetched && run->stored > 0) {
    cli_report_note(&c->report, "the server keeps all messages, the %" PRIu64 " stored ones too",
                    run->stored);
  }
  return code == CLI_EXIT_OK ? run->refused_code : code;
}

int cli_fetch(cli_connection *c) {
  const cli_options *o = c->options;
  cli_deliver *place = NULL;
  pop3_error err = POP3_ERROR_INIT;
  if (open_place(&place, o, &err) != POP3_OK) return cli_connection_fail(c, NULL, &err);
  cli_fetch_plan plan;
  cli_fetch_plan_init(&plan, &o->messages, o->max_size);
  int code = prepare(c, &plan, place);
  if (code == CLI_EXIT_OK) {
    cli_fetch_run run;
    cli_fetch_summary summary = {&run, cli_clock_ms(NULL), 0, 0, POP3_QUIT_UNKNOWN};
    cli_fetch_run_init(&run, c, &plan, place);
    code = fetch_all(c, &run, &summary);
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
