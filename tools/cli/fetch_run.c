#include "tools/cli/fetch_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/cli/clock.h"
#include "tools/cli/drive.h"

// RETRs that are submitted and not answered: enough to fill any line, and few enough octets that
// after a full disk the rest can be read and dropped to reach QUIT.
#define WINDOW_MESSAGES 512
#define WINDOW_OCTETS (UINT64_C(16) << 20)

// A flush waits for the disk: it serves many small messages at once.
#define FLUSH_MESSAGES 64
#define FLUSH_OCTETS (UINT64_C(8) << 20)
#define FLUSH_MS 1000

// How many notes about sizes are written one by one.
#define MAX_SIZE_NOTES 5

void cli_fetch_run_init(cli_fetch_run *run, cli_connection *connection, cli_fetch_plan *plan,
                        cli_deliver *place) {
  memset(run, 0, sizeof(*run));
  run->connection = connection;
  run->plan = plan;
  run->place = place;
  run->flushed_ms = cli_clock_ms(NULL);
}

// Keeps the first failure of this side.
static void fail(cli_fetch_run *run, const pop3_error *error) {
  if (run->failure.status == POP3_OK) run->failure = *error;
}

static uint64_t announced(const cli_fetch_entry *entry) {
  return entry->octets == POP3_OCTETS_UNKNOWN ? 0 : entry->octets;
}

// --- Marking
// --------------------------------------------------------------------------------------

static void on_marked(void *arg, const pop3_result *result) {
  cli_fetch_run *run = arg;
  if (result->status == POP3_OK) {
    run->marked++;
  } else if (result->status == POP3_REFUSED) {
    run->mark_refused++;
    char what[64];
    (void)snprintf(what, sizeof(what), "deleting message %" PRIu32, result->number);
    int code = cli_connection_fail(run->connection, what, result->error);
    if (run->refused_code == 0) run->refused_code = code;
  }
}

static void mark(cli_fetch_run *run, cli_fetch_entry *entry) {
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_DELE);
  request.number = entry->number;
  pop3_sink sink = POP3_SINK_INIT;
  sink.done = on_marked;
  sink.arg = run;
  pop3_error err = POP3_ERROR_INIT;
  if (pop3_submit(run->connection->session, &request, &sink, NULL, &err) == POP3_OK) {
    entry->state = CLI_FETCH_MARKED;
  } else {
    fail(run, &err);
  }
}

// Makes what was received durable, and only then marks it.
static void flush(cli_fetch_run *run) {
  pop3_error err = POP3_ERROR_INIT;
  if (run->place->ops->flush(run->place, &err) != POP3_OK) fail(run, &err);
  uint64_t newly = run->place->stored - run->flushed_stored;
  run->stored += newly;
  run->flushed_stored = run->place->stored;
  run->flushed_ms = cli_clock_ms(NULL);
  run->unflushed = run->unflushed_octets = 0;
  for (; run->first_unmarked < run->first_waiting; run->first_unmarked++) {
    cli_fetch_entry *entry = &run->plan->entries[run->first_unmarked];
    if (entry->state != CLI_FETCH_ENDED) continue;
    if (newly == 0) break;
    newly--;
    entry->state = CLI_FETCH_STORED;
    if (run->connection->options->delete_fetched && !run->cut_off) mark(run, entry);
  }
}

static void flush_if_due(cli_fetch_run *run) {
  if (run->unflushed == 0) return;
  if (run->unflushed >= FLUSH_MESSAGES || run->unflushed_octets >= FLUSH_OCTETS ||
      run->first_waiting == run->plan->num_entries ||
      cli_clock_ms(NULL) - run->flushed_ms >= FLUSH_MS) {
    flush(run);
  }
}

// --- Receiving
// ------------------------------------------------------------------------------------

static int begin(cli_fetch_run *run, uint32_t number) {
  if (run->open) return 1;
  pop3_error err = POP3_ERROR_INIT;
  run->octets = 0;
  run->open = run->place->ops->begin(run->place, number, &err) == POP3_OK;
  if (!run->open) fail(run, &err);
  return run->open;
}

static pop3_sink_verdict on_body(void *arg, const uint8_t *data, size_t data_len) {
  cli_fetch_run *run = arg;
  if (run->failure.status != POP3_OK) return POP3_SINK_STOP;
  if (!begin(run, run->plan->entries[run->first_waiting].number)) return POP3_SINK_STOP;
  run->octets += data_len;
  pop3_error err = POP3_ERROR_INIT;
  if (run->place->ops->write(run->place, data, data_len, &err) == POP3_OK) {
    return POP3_SINK_CONTINUE;
  }
  fail(run, &err);
  return POP3_SINK_STOP;
}

// A size other than LIST's is often harmless (Dovecot does not count a line end that it adds), but
// may be a message that was cut or changed on its way.
static void compare_size(cli_fetch_run *run, const cli_fetch_entry *entry) {
  if (entry->octets == POP3_OCTETS_UNKNOWN || entry->octets == run->octets) return;
  run->differences++;
  if (run->differences > MAX_SIZE_NOTES) return;
  cli_report_note(&run->connection->report,
                  "message %" PRIu32 ": LIST says %" PRIu64 " octets, %" PRIu64 " came",
                  entry->number, entry->octets, run->octets);
}

static void end_message(cli_fetch_run *run, cli_fetch_entry *entry) {
  if (!begin(run, entry->number)) return;  // an empty message has no body to begin it
  pop3_error err = POP3_ERROR_INIT;
  if (run->place->ops->end(run->place, &err) != POP3_OK) {
    fail(run, &err);
    return;
  }
  run->open = 0;
  entry->state = CLI_FETCH_ENDED;
  run->received++;
  run->received_octets += run->octets;
  run->unflushed++;
  run->unflushed_octets += run->octets;
  compare_size(run, entry);
}

static void submit_more(cli_fetch_run *run);

static void on_message(void *arg, const pop3_result *result) {
  cli_fetch_run *run = arg;
  cli_fetch_entry *entry = &run->plan->entries[run->first_waiting];
  run->in_flight_octets -= announced(entry);
  if (result->status == POP3_OK && run->failure.status == POP3_OK) {
    end_message(run, entry);
  } else if (result->status == POP3_REFUSED) {
    entry->state = CLI_FETCH_FAILED;
    run->refused++;
    char what[64];
    (void)snprintf(what, sizeof(what), "message %" PRIu32, entry->number);
    int code = cli_connection_fail(run->connection, what, result->error);
    if (run->refused_code == 0) run->refused_code = code;
  } else if (result->status != POP3_OK && run->failed_number == 0) {
    run->failed_number = entry->number;
  }
  if (run->open) run->place->ops->abort(run->place);
  run->open = 0;
  run->octets = 0;
  run->first_waiting++;
  if (run->failure.status == POP3_OK) flush_if_due(run);
  submit_more(run);
}

static void submit_more(cli_fetch_run *run) {
  cli_fetch_plan *plan = run->plan;
  while (run->failure.status == POP3_OK && run->next < plan->num_entries) {
    const cli_fetch_entry *entry = &plan->entries[run->next];
    size_t waiting = run->next - run->first_waiting;
    if (waiting >= WINDOW_MESSAGES) return;
    if (waiting >= 2 && run->in_flight_octets + announced(entry) > WINDOW_OCTETS) return;
    pop3_request request = POP3_REQUEST_INIT(POP3_CMD_RETR);
    request.number = entry->number;
    pop3_sink sink = POP3_SINK_INIT;
    sink.body = on_body;
    sink.done = on_message;
    sink.arg = run;
    pop3_error err = POP3_ERROR_INIT;
    if (pop3_submit(run->connection->session, &request, &sink, NULL, &err) != POP3_OK) {
      // A session that has failed says so itself.
      if (pop3_session_error(run->connection->session) == NULL) fail(run, &err);
      return;
    }
    run->in_flight_octets += announced(entry);
    run->next++;
  }
}

// --- Driving
// --------------------------------------------------------------------------------------

// After a failure on this side: is it worth reading on until QUIT?
static int worth_draining(const cli_fetch_run *run) {
  return run->marked > 0 && run->in_flight_octets <= 2 * WINDOW_OCTETS;
}

static int tick(void *arg) {
  cli_fetch_run *run = arg;
  if (run->failure.status != POP3_OK) return !worth_draining(run);
  cli_progress_facts facts = {run->received + run->refused, run->plan->num_entries,
                              run->received_octets + run->octets, run->plan->octets, 0};
  cli_progress_update(&run->progress, &facts, cli_clock_ms(NULL));
  return 0;
}

pop3_status cli_fetch_run_go(cli_fetch_run *run, pop3_error *err) {
  const cli_options *options = run->connection->options;
  int show = !options->quiet && options->verbose == 0;
  cli_progress_init(&run->progress, show ? STDERR_FILENO : -1, cli_clock_ms(NULL));
  run->connection->report.progress = &run->progress;
  submit_more(run);
  pop3_status status = cli_drive(run->connection->session, tick, run, err);
  // What is still under way ends now, while there is somebody to hear of it.
  run->cut_off =
      run->first_waiting != run->next || pop3_session_error(run->connection->session) != NULL;
  if (run->cut_off) pop3_close(run->connection->session);
  // Complete messages are worth keeping, however the rest ended.
  if (run->open) run->place->ops->abort(run->place);
  run->open = 0;
  if (run->unflushed > 0) flush(run);
  cli_progress_clear(&run->progress);
  run->connection->report.progress = NULL;
  if (run->differences > MAX_SIZE_NOTES) {
    cli_report_note(&run->connection->report,
                    "%" PRIu64 " messages in all have another size than LIST says",
                    run->differences);
  }
  if (run->failure.status == POP3_OK) return status;
  *err = run->failure;
  return run->failure.status;
}
