#include "tools/bench/client.h"

#include <pop3/usual.h>
#include <stdio.h>

// A fetch that is under way: each message that is done makes room for the next RETR.
struct fetch {
  pop3_session *session;
  uint32_t next;
  uint32_t count;
  bench_sample *sample;
  pop3_error error;  // the first
  pop3_status status;
};

int bench_client_fail(const char *doing, const pop3_error *error) {
  fprintf(stderr, "bench: libpop3: %s: %s\n", doing, error->text);
  return 0;
}

int bench_client_open(pop3_registry **registry, pop3_session_options *out, pop3_limits *limits,
                      const bench_options *options) {
  const pop3_session_options defaults = POP3_SESSION_OPTIONS_INIT;
  const pop3_limits no_limits = POP3_LIMITS_INIT;
  *out = defaults;
  *limits = no_limits;
  limits->recv_buffer = options->recv_buffer;
  out->limits = limits;
  if (options->no_pipelining) out->pipelining = POP3_PIPELINING_NEVER;
  // As bench_raw_login: what the server does for another mechanism is no part of the comparison.
  out->mechanism = "user";
  pop3_error error = POP3_ERROR_INIT;
  if (pop3_registry_new(registry, NULL, &error) == POP3_OK &&
      pop3_registry_add_usual(*registry, &error) == POP3_OK) {
    return 1;
  }
  return bench_client_fail("the registry", &error);
}

static pop3_sink_verdict count_octets(void *arg, const uint8_t *data, size_t data_len) {
  struct fetch *fetch = arg;
  (void)data;
  fetch->sample->octets += data_len;
  return POP3_SINK_CONTINUE;
}

static void submit_next(struct fetch *fetch);

static void count_message(void *arg, const pop3_result *result) {
  struct fetch *fetch = arg;
  if (result->status == POP3_OK) {
    fetch->sample->messages++;
  } else if (fetch->status == POP3_OK) {
    fetch->status = result->status;
    if (result->error != NULL) fetch->error = *result->error;
  }
  submit_next(fetch);
}

static void submit_next(struct fetch *fetch) {
  if (fetch->next > fetch->count || fetch->status != POP3_OK) return;
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_RETR);
  pop3_sink sink = POP3_SINK_INIT;
  request.number = fetch->next++;
  sink.body = count_octets;
  sink.done = count_message;
  sink.arg = fetch;
  fetch->status = pop3_submit(fetch->session, &request, &sink, NULL, &fetch->error);
}

static int fetch_all(pop3_session *session, uint32_t window, bench_sample *out) {
  struct fetch fetch = {session, 1, 0, out, POP3_ERROR_INIT, POP3_OK};
  pop3_error error = POP3_ERROR_INIT;
  if (pop3_login(session, &error) != POP3_OK) return bench_client_fail("login", &error);
  if (pop3_stat(session, &fetch.count, NULL, &error) != POP3_OK) {
    return bench_client_fail("STAT", &error);
  }
  if (window == 0) window = fetch.count;
  for (uint32_t i = 0; i < window; i++) submit_next(&fetch);
  if (pop3_wait(session, 0, POP3_NO_TIMEOUT, &error) != POP3_OK) {
    return bench_client_fail("fetching", &error);
  }
  if (fetch.status != POP3_OK) return bench_client_fail("RETR", &fetch.error);
  if (pop3_quit(session, NULL, &error) != POP3_OK) return bench_client_fail("QUIT", &error);
  return 1;
}

int bench_client_run(const void *arg, bench_sample *out) {
  const bench_client *task = arg;
  pop3_registry *registry = NULL;
  pop3_session *session = NULL;
  pop3_session_options options;
  pop3_limits limits;
  pop3_error error = POP3_ERROR_INIT;
  const pop3_option trust = {"tls.ca_file", task->ca_file, 0, NULL};
  int good = bench_client_open(&registry, &options, &limits, task->options);
  if (task->ca_file != NULL) {
    options.options = &trust;
    options.num_options = 1;
  }
  if (good && pop3_session_new_url(&session, registry, task->url, &options, &error) != POP3_OK) {
    good = bench_client_fail("a session", &error);
  }
  good = good && fetch_all(session, task->options->window, out);
  pop3_session_free(session);
  pop3_registry_free(registry);
  return good;
}
