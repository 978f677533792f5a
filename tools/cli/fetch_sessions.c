#define _POSIX_C_SOURCE 200809L
#include "tools/cli/fetch_sessions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/cli/quit.h"
#include "tools/cli/signals.h"

// A server may need a moment to let go of the maildrop.
#define IN_USE_TRIES 5

// Says whether there can be a further session.
//
// It must find each message again, and the server must be known not to want time between logins.
// --record writes one session to its file, and a replay plays one.
static int can_go_on(const cli_fetch_run *run) {
  const cli_connection *c = run->connection;
  const char *via = c->options->via;
  if (via != NULL && strncmp(via, "replay:", strlen("replay:")) == 0) return 0;
  const pop3_capabilities *caps = pop3_engine_capabilities(pop3_session_engine(c->session));
  return c->options->delete_fetched && c->options->commit_every > 0 && c->options->record == NULL &&
         caps != NULL && caps->login_delay_seconds == 0 &&
         !pop3_capabilities_has(caps, POP3_CAP_LOGIN_DELAY_USER) &&
         cli_fetch_plan_has_all_ids(run->plan);
}

// Ends the session. Without marked messages QUIT is a courtesy.
static int finish(cli_fetch_run *run, cli_fetch_summary *summary) {
  // A DELE that is not answered yet may still be accepted, and wants its commit.
  if (run->marked_here + run->marks_in_flight == 0) {
    cli_signals_spare(0);  // nothing is lost with it
    cli_connection_finish(run->connection);
    cli_fetch_run_settle(run);
    return CLI_EXIT_OK;
  }
  int code = cli_quit_commit(run->connection, &summary->outcome);
  summary->quit_was_sent = 1;
  if (summary->outcome == POP3_QUIT_COMMITTED) run->committed += run->marked_here;
  cli_fetch_run_settle(run);
  return code;
}

static int is_lost(pop3_status status) {
  return status == POP3_ERR_EOF || status == POP3_ERR_IO || status == POP3_ERR_TIMEOUT ||
         status == POP3_ERR_TLS;
}

// With --delete: what stays on the server although it is stored here.
static void tell_kept(const cli_fetch_run *run) {
  const cli_report *report = &run->connection->report;
  uint64_t kept = run->stored - run->committed;
  if (kept == 1 && run->stored == 1) {
    cli_report_note(report, "the server keeps all messages, including the stored one");
  } else if (kept == run->stored) {
    cli_report_note(report, "the server keeps all messages, the %" PRIu64 " stored ones too", kept);
  } else if (kept > 0) {
    cli_report_note(
        report, "%" PRIu64 " %s deleted on the server, which keeps %" PRIu64 " that %s stored, too",
        run->committed, run->committed == 1 ? "is" : "are", kept, kept == 1 ? "is" : "are");
  }
}

// outcome is what a session comes to.
typedef struct outcome {
  int code;               // exit code; what went wrong has been reported
  int is_lost;            // the connection was cut, and a further session may go on
  uint64_t max_messages;  // for the next session
} outcome;

// How many messages the next session is to take.
//
// A server that cuts each session may let through half of what it let through this time; one that
// has cut a single one need not be asked for a login for every few messages ever after.
static uint64_t next_size(const cli_fetch_run *run, uint64_t size, int is_lost) {
  if (is_lost) {
    uint64_t came = run->received - run->received_before;
    return came > 1 ? came / 2 : 1;
  }
  uint64_t most = run->connection->options->commit_every;
  if (run->cut_off || run->batch.messages == 0) return size;
  return size > most / 2 ? most : size * 2;
}

// Fetches what one session takes, and ends it if it is still there.
static void one_session(cli_fetch_run *run, cli_fetch_summary *summary, outcome *out) {
  cli_connection *c = run->connection;
  pop3_error err = POP3_ERROR_INIT;
  summary->quit_was_sent = 0;
  int goes_on = can_go_on(run);
  pop3_status status = cli_fetch_run_go(run, goes_on ? out->max_messages : 0, &err);
  out->code = CLI_EXIT_OK;
  if (status != POP3_OK) {
    char what[64];
    (void)snprintf(what, sizeof(what), "message %" PRIu32, run->failed_number);
    int tell = run->failed_number != 0 && run->failure.status == POP3_OK;
    out->code = cli_connection_fail(c, tell && status != POP3_ERR_CANCELLED ? what : NULL, &err);
  }
  // However it ended: logging in once more may take long.
  if (run->place->ops->rest != NULL) run->place->ops->rest(run->place);
  // After a failure on this side, or a signal, what is stored and marked is still worth committing.
  if (!run->cut_off) {
    int quit_code = finish(run, summary);
    if (out->code == CLI_EXIT_OK) out->code = quit_code;
  }
  // Without a message that came whole there is no end to it.
  out->is_lost = goes_on && run->cut_off && is_lost(status) &&
                 run->received > run->received_before && !cli_connection_is_out_of_time(c);
  out->max_messages = next_size(run, out->max_messages, out->is_lost);
}

// Connects and logs in once more.
static int log_in(cli_connection *c) {
  for (int tries = 1;; ++tries) {
    pop3_error err = POP3_ERROR_INIT;
    if (cli_connection_again(c, &err) != POP3_OK) return cli_connection_fail(c, NULL, &err);
    int code = cli_connection_greet(c);
    if (code != CLI_EXIT_OK) return code;
    if (cli_connection_try_login(c, &err) == POP3_OK) return CLI_EXIT_OK;
    int is_busy = err.status == POP3_REFUSED && err.code == POP3_CODE_IN_USE;
    if (!is_busy || tries == IN_USE_TRIES || cli_signals_caught() != 0) {
      return cli_connection_fail_login(c, &err);
    }
    struct timespec second = {1, 0};
    (void)nanosleep(&second, NULL);
  }
}

// Lists what there is now, and finds the messages of the plan in it. Returns an exit code.
static int find_again(cli_fetch_run *run, cli_fetch_plan *later) {
  cli_connection *c = run->connection;
  pop3_error err = POP3_ERROR_INIT;
  if (cli_connection_ask_pipelining(c, &err) != POP3_OK) {
    return cli_connection_fail(c, "CAPA", &err);
  }
  if (cli_fetch_plan_ask(later, c->session, &err) != POP3_OK) {
    return cli_connection_fail(c, "LIST", &err);
  }
  if (cli_fetch_ids_ask(&later->ids, c->session, &err) != POP3_OK) {
    return cli_connection_fail(c, "UIDL", &err);
  }
  uint64_t gone = run->plan->gone;
  cli_fetch_plan_renumber(run->plan, run->first_unsettled, run->next, later);
  gone = run->plan->gone - gone;
  if (gone > 0) {
    if (run->refused_code == 0) run->refused_code = CLI_EXIT_REFUSED;
    cli_report_problem(&c->report,
                       "%" PRIu64
                       " of the messages %s not there any more, or %s another unique-id now "
                       "(--commit-every 0 fetches all in one session)",
                       gone, gone == 1 ? "is" : "are", gone == 1 ? "has" : "have");
  }
  return CLI_EXIT_OK;
}

// Makes a new session for the rest.
static int next_session(cli_fetch_run *run) {
  int code = log_in(run->connection);
  if (code != CLI_EXIT_OK) return code;
  const cli_number_set all = {NULL, 0};
  cli_fetch_plan later;
  cli_fetch_plan_init(&later, &all, UINT64_MAX);
  code = find_again(run, &later);
  cli_fetch_plan_cleanup(&later);
  return code;
}

// Says whether the session has failed because time was up.
static int is_timed_out(const cli_connection *c) {
  const pop3_error *failure = c->session == NULL ? NULL : pop3_session_error(c->session);
  return cli_connection_is_out_of_time(c) ||
         (failure != NULL && failure->status == POP3_ERR_TIMEOUT);
}

// After a login that failed: what there is still to do. If it came behind a session that ended in
// order, the server may not like to be asked so often.
static void tell_left(const cli_fetch_run *run, int was_lost) {
  const cli_connection *c = run->connection;
  uint64_t left = cli_fetch_run_left(run);
  if (left == 0) return;
  int advise = !was_lost && cli_signals_caught() == 0 && !is_timed_out(c);
  cli_report_note(&c->report, "%" PRIu64 " message%s not fetched yet%s", left,
                  left == 1 ? " is" : "s are",
                  advise ? " (--commit-every 0 fetches all in one session)" : "");
}

int cli_fetch_sessions(cli_fetch_run *run, cli_fetch_summary *summary) {
  cli_connection *c = run->connection;
  outcome one = {CLI_EXIT_OK, 0, c->options->commit_every};
  cli_signals_spare(1);
  one_session(run, summary, &one);
  while (cli_signals_caught() == 0 &&
         (one.is_lost || (one.code == CLI_EXIT_OK && cli_fetch_run_left(run) > 0))) {
    if (one.is_lost) {
      cli_fetch_run_rewind(run);
      cli_report_note(&c->report, "goes on in a new session");
    }
    cli_signals_spare(0);
    one.code = next_session(run);
    if (one.code != CLI_EXIT_OK) {
      tell_left(run, one.is_lost);
      break;
    }
    cli_signals_spare(1);
    one_session(run, summary, &one);
  }
  if (run->cut_off && c->options->delete_fetched && run->stored > 0) tell_kept(run);
  // One that came while all was being brought to a good end.
  if (one.code == CLI_EXIT_OK && cli_signals_caught() != 0) {
    pop3_error err = POP3_ERROR_INIT;
    (void)pop3_error_set(&err, POP3_ERR_CANCELLED, "cli", 0, "interrupted");
    one.code = cli_connection_fail(c, NULL, &err);
  }
  cli_signals_spare(0);
  return one.code == CLI_EXIT_OK ? run->refused_code : one.code;
}
