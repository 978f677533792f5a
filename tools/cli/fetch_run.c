#include "tools/cli/fetch_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/cli/clock.h"
#include "tools/cli/drive.h"
#include "tools/cli/fetch_size.h"
#include "tools/cli/signals.h"

// RETRs that are submitted and not answered: enough to fill any line.
#define WINDOW_MESSAGES 512
#define WINDOW_OCTETS (UINT64_C(16) << 20)

// With --delete the answer to a DELE comes behind all of them, and so does QUIT after a signal or a
// full disk: few enough that this does not take long.
#define DELETING_WINDOW_MESSAGES 64
#define DELETING_WINDOW_OCTETS (UINT64_C(1) << 20)

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
  const cli_options *options = connection->options;
  int show = !options->quiet && options->verbose == 0;
  cli_progress_init(&run->progress, show ? STDERR_FILENO : -1, run->flushed_ms);
}

static int deletes(const cli_fetch_run *run) { return run->connection->options->delete_fetched; }

// Keeps the first failure of this side.
static void fail(cli_fetch_run *run, const pop3_error *error) {
  if (run->failure.status == POP3_OK) run->failure = *error;
}

// The same for the submitting of a command; a session that has failed says so itself.
static void fail_submit(cli_fetch_run *run, const pop3_error *error) {
  if (pop3_session_error(run->connection->session) == NULL) fail(run, error);
}

static uint64_t announced(const cli_fetch_entry *entry) {
  return entry->octets == POP3_OCTETS_UNKNOWN ? 0 : entry->octets;
}

// Says whether there are RETRs to come in this session.
static int wants_more(const cli_fetch_run *run) {
  return run->failure.status == POP3_OK && cli_signals_caught() == 0 && !run->cut_off &&
         run->next < run->plan->num_entries && !cli_fetch_batch_is_full(&run->batch);
}

// --- Marking

static void on_marked(void *arg, const pop3_result *result) {
  cli_fetch_run *run = arg;
  run->marks_in_flight--;
  if (result->status == POP3_OK) {
    run->marked++;
    run->marked_here++;
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
    run->marks_in_flight++;
  } else {
    fail_submit(run, &err);
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
    if (deletes(run) && !entry->is_cut && !run->cut_off) mark(run, entry);
  }
}

static void flush_if_due(cli_fetch_run *run) {
  if (run->unflushed == 0) return;
  // After a failure or a signal, too: what was complete by then is worth keeping.
  int is_last = run->first_waiting == run->next && !wants_more(run);
  if (is_last || run->unflushed >= FLUSH_MESSAGES || run->unflushed_octets >= FLUSH_OCTETS ||
      cli_clock_ms(NULL) - run->flushed_ms >= FLUSH_MS) {
    flush(run);
  }
}

// --- Receiving

// Begins the message that is waited for.
static int begin(cli_fetch_run *run) {
  if (run->open) return 1;
  pop3_error err = POP3_ERROR_INIT;
  const cli_message_id id = {cli_fetch_plan_uid(run->plan, run->first_waiting),
                             run->plan->entries[run->first_waiting].number,
                             run->plan->ids.num_by_uid > 0};
  run->octets = run->lines = 0;
  run->open = run->place->ops->begin(run->place, &id, &err) == POP3_OK;
  if (!run->open) fail(run, &err);
  return run->open;
}

static uint64_t count_lines(const uint8_t *data, size_t data_len) {
  uint64_t lines = 0;
  const uint8_t *end = data + data_len;
  while (data < end && (data = memchr(data, '\n', (size_t)(end - data))) != NULL) {
    lines++;
    data++;
  }
  return lines;
}

static pop3_sink_verdict on_body(void *arg, const uint8_t *data, size_t data_len) {
  cli_fetch_run *run = arg;
  if (run->stop.has_begun) run->stop.octets += data_len;
  if (run->failure.status != POP3_OK) return POP3_SINK_STOP;
  if (!begin(run)) return POP3_SINK_STOP;
  run->octets += data_len;
  run->lines += count_lines(data, data_len);
  pop3_error err = POP3_ERROR_INIT;
  if (run->place->ops->write(run->place, data, data_len, &err) == POP3_OK) {
    return POP3_SINK_CONTINUE;
  }
  fail(run, &err);
  return POP3_SINK_STOP;
}

// A message that is far smaller than LIST says is not what was sent there.
static void tell_cut(cli_fetch_run *run, cli_fetch_entry *entry) {
  entry->is_cut = 1;
  run->cut++;
  if (run->refused_code == 0) run->refused_code = CLI_EXIT_PROTOCOL;
  char promised[64] = "nothing came of it";
  if (entry->octets != POP3_OCTETS_UNKNOWN) {
    (void)snprintf(promised, sizeof(promised),
                   "LIST says %" PRIu64 " octets, only %" PRIu64 " came", entry->octets,
                   run->octets);
  }
  cli_report_problem(
      &run->connection->report, "message %" PRIu32 ": %s%s", entry->number, promised,
      deletes(run) ? ": it stays on the server (if it is whole, `pop3 dele` deletes it)" : "");
}

static void compare_size(cli_fetch_run *run, cli_fetch_entry *entry) {
  cli_fetch_size judgement = cli_fetch_size_judge(entry->octets, run->octets, run->lines);
  if (judgement == CLI_FETCH_SIZE_KEPT) return;
  run->differences++;
  if (judgement == CLI_FETCH_SIZE_CUT) {
    tell_cut(run, entry);
  } else if (run->differences - run->cut <= MAX_SIZE_NOTES) {
    cli_report_note(&run->connection->report,
                    "message %" PRIu32 ": LIST says %" PRIu64 " octets, %" PRIu64 " came",
                    entry->number, entry->octets, run->octets);
  }
}

static void end_message(cli_fetch_run *run, cli_fetch_entry *entry) {
  if (!begin(run)) return;  // an empty message has no body to begin it
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
  } else if (result->status != POP3_OK && result->status != POP3_ERR_SINK) {
    run->cut_off = 1;  // the session has failed: nothing can be submitted any more
    if (run->failed_number == 0) run->failed_number = entry->number;
  }
  if (run->open) run->place->ops->abort(run->place);
  run->open = 0;
  run->octets = run->lines = 0;
  run->first_waiting++;
  flush_if_due(run);
  submit_more(run);
}

static void submit_more(cli_fetch_run *run) {
  size_t max_messages = run->window_messages;
  uint64_t max_octets = deletes(run) ? DELETING_WINDOW_OCTETS : WINDOW_OCTETS;
  while (wants_more(run)) {
    const cli_fetch_entry *entry = &run->plan->entries[run->next];
    size_t waiting = run->next - run->first_waiting;
    if (waiting >= max_messages) return;
    if (waiting >= 2 && run->in_flight_octets + announced(entry) > max_octets) return;
    pop3_request request = POP3_REQUEST_INIT(POP3_CMD_RETR);
    request.number = entry->number;
    pop3_sink sink = POP3_SINK_INIT;
    sink.body = on_body;
    sink.done = on_message;
    sink.arg = run;
    pop3_error err = POP3_ERROR_INIT;
    if (pop3_submit(run->connection->session, &request, &sink, NULL, &err) != POP3_OK) {
      fail_submit(run, &err);
      return;
    }
    run->in_flight_octets += announced(entry);
    cli_fetch_batch_add(&run->batch, announced(entry));
    run->next++;
  }
}

// --- Driving

// After a signal or a failure on this side: is it worth reading on until QUIT?
static int worth_ending(const cli_fetch_run *run, int64_t now) {
  if (!deletes(run) || run->marked_here + run->marks_in_flight + run->unflushed == 0) return 0;
  uint64_t left = run->in_flight_octets;
  if (left >= run->octets) left -= run->octets;
  return !cli_fetch_stop_is_hopeless(&run->stop, now, left);
}

static int tick(void *arg) {
  cli_fetch_run *run = arg;
  int64_t now = cli_clock_ms(NULL);
  if (run->failure.status != POP3_OK || cli_signals_caught() != 0) {
    cli_fetch_stop_begin(&run->stop, now);
    return !worth_ending(run, now);
  }
  cli_progress_facts facts = {run->received + run->refused, run->plan->num_entries,
                              run->received_octets + run->octets, run->plan->octets, 0};
  cli_progress_update(&run->progress, &facts, now);
  return 0;
}

static int pipelines(const cli_connection *c) {
  const pop3_capabilities *caps = pop3_engine_capabilities(pop3_session_engine(c->session));
  return !c->options->no_pipelining && pop3_capabilities_has(caps, POP3_CAP_PIPELINING);
}

static void start(cli_fetch_run *run, uint64_t max_messages) {
  run->window_messages = WINDOW_MESSAGES;
  // One by one there is nothing to fill, and what is queued would still have to be sent.
  if (deletes(run)) {
    run->window_messages = pipelines(run->connection) ? DELETING_WINDOW_MESSAGES : 2;
  }
  static const cli_fetch_stop kNone = {0, 0, 0};
  cli_fetch_batch_start(&run->batch, max_messages);
  run->stop = kNone;
  run->marks_in_flight = run->marked_here = 0;
  run->received_before = run->received;
  run->failed_number = 0;
  run->cut_off = 0;
}

// What an earlier session, which was cut off, has left to be deleted. Before anything else can cut
// this one, too, it is committed.
static void mark_stored(cli_fetch_run *run) {
  uint64_t lost = 0;
  for (size_t i = run->first_unsettled; i < run->next; ++i) {
    cli_fetch_entry *entry = &run->plan->entries[i];
    int is_stored = entry->state == CLI_FETCH_STORED || entry->state == CLI_FETCH_MARKED;
    if (!is_stored || entry->is_cut) continue;
    if (entry->number == 0) {
      lost++;
    } else {
      mark(run, entry);
    }
  }
  if (run->marks_in_flight > 0) cli_fetch_batch_close(&run->batch);
  if (lost == 0) return;
  if (run->refused_code == 0) run->refused_code = CLI_EXIT_REFUSED;
  cli_report_problem(&run->connection->report,
                     "%" PRIu64
                     " of the stored messages %s not there any more, or %s another size: "
                     "not deleted",
                     lost, lost == 1 ? "is" : "are", lost == 1 ? "has" : "have");
}

static void tell_differences(const cli_fetch_run *run) {
  uint64_t harmless = run->differences - run->cut;
  if (harmless <= MAX_SIZE_NOTES || cli_fetch_run_left(run) > 0) return;
  cli_report_note(&run->connection->report,
                  "%" PRIu64 " messages in all have another size than LIST says", harmless);
}

pop3_status cli_fetch_run_go(cli_fetch_run *run, uint64_t max_messages, pop3_error *err) {
  pop3_session *session = run->connection->session;
  start(run, max_messages);
  run->connection->report.progress = &run->progress;
  if (deletes(run)) mark_stored(run);
  submit_more(run);
  pop3_status status = cli_drive(session, tick, run, err);
  // What is still under way ends now, while there is somebody to hear of it.
  run->cut_off = run->first_waiting != run->next || run->marks_in_flight > 0 ||
                 pop3_session_error(session) != NULL;
  if (run->cut_off) pop3_close(session);
  // Complete messages are worth keeping, however the rest ended.
  if (run->open) run->place->ops->abort(run->place);
  run->open = 0;
  if (run->unflushed > 0) flush(run);
  cli_progress_clear(&run->progress);
  run->connection->report.progress = NULL;
  tell_differences(run);
  if (run->failure.status != POP3_OK) {
    *err = run->failure;
    return run->failure.status;
  }
  if (status == POP3_OK && cli_signals_caught() != 0) {
    return pop3_error_set(err, POP3_ERR_CANCELLED, "cli", 0, "interrupted");
  }
  return status;
}

void cli_fetch_run_settle(cli_fetch_run *run) {
  for (; run->first_unsettled < run->first_unmarked; run->first_unsettled++) {
    cli_fetch_entry *entry = &run->plan->entries[run->first_unsettled];
    if (entry->state == CLI_FETCH_MARKED) entry->state = CLI_FETCH_SETTLED;
  }
}

void cli_fetch_run_rewind(cli_fetch_run *run) {
  run->marked -= run->marked_here;
  size_t i = run->first_unsettled;
  while (i < run->next && run->plan->entries[i].state != CLI_FETCH_WAITS) i++;
  run->next = run->first_waiting = run->first_unmarked = i;
}

uint64_t cli_fetch_run_left(const cli_fetch_run *run) { return run->plan->num_entries - run->next; }
