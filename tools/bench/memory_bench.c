#include "tools/bench/memory_bench.h"

#include <pop3/engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bench/client.h"
#include "tools/mailboxd/generator.h"

#define ROUNDS 200U
#define MESSAGE_OCTETS ((size_t)5 << 20)
#define CHUNK ((size_t)128 << 10)
#define LINE_MAX 80

// A message in the form in which it is on the wire, and how much of that is message.
struct message {
  uint8_t *wire;
  size_t wire_len;
  size_t body_len;
};

static const uint8_t kStatus[] = "+OK\r\n";
static const uint8_t kEnd[] = ".\r\n";

static void put(struct message *message, const void *data, size_t len) {
  memcpy(message->wire + message->wire_len, data, len);
  message->wire_len += len;
}

// The lines of mailboxd's own messages.
static int make_message(struct message *out) {
  memset(out, 0, sizeof(*out));
  out->wire = malloc(2 * MESSAGE_OCTETS + 2 * (size_t)LINE_MAX);
  if (out->wire == NULL) {
    fprintf(stderr, "bench: out of memory\n");
    return 0;
  }
  put(out, kStatus, sizeof(kStatus) - 1);
  for (uint64_t i = 0; out->body_len < MESSAGE_OCTETS; i++) {
    uint8_t line[LINE_MAX];
    const size_t len = generator_line(line, i);
    if (line[0] == '.') put(out, ".", 1);
    put(out, line, len);
    out->body_len += len;
  }
  put(out, kEnd, sizeof(kEnd) - 1);
  return 1;
}

// Through a pointer that may change, or the compiler leaves out a copy that nobody looks at.
static void *(*volatile copier)(void *, const void *, size_t) = memcpy;

// The floor: the octets are copied to where they would be looked at.
static int copy(const void *arg, bench_sample *out) {
  const struct message *message = arg;
  uint8_t *buf = malloc(CHUNK);
  if (buf == NULL) return 0;
  for (unsigned round = 0; round < ROUNDS; round++) {
    for (size_t at = 0; at < message->wire_len;) {
      const size_t left = message->wire_len - at;
      const size_t len = left < CHUNK ? left : CHUNK;
      (void)copier(buf, message->wire + at, len);
      out->octets += len;
      at += len;
    }
    out->messages++;
  }
  free(buf);
  return 1;
}

// And then looked at line by line, as others do it.
static int copy_and_split(const void *arg, bench_sample *out) {
  const struct message *message = arg;
  uint8_t *buf = malloc(CHUNK);
  if (buf == NULL) return 0;
  for (unsigned round = 0; round < ROUNDS; round++) {
    for (size_t at = 0; at < message->wire_len;) {
      const size_t left = message->wire_len - at;
      const size_t len = left < CHUNK ? left : CHUNK;
      (void)copier(buf, message->wire + at, len);
      const uint8_t *from = buf;
      const uint8_t *lf;
      while ((lf = memchr(from, '\n', (size_t)(buf + len - from))) != NULL) {
        out->octets += (size_t)(lf + 1 - from);
        from = lf + 1;
      }
      out->octets += (size_t)(buf + len - from);
      at += len;
    }
    out->messages++;
  }
  free(buf);
  return 1;
}

static pop3_sink_verdict count_octets(void *arg, const uint8_t *data, size_t data_len) {
  bench_sample *sample = arg;
  (void)data;
  sample->octets += data_len;
  return POP3_SINK_CONTINUE;
}

static void count_message(void *arg, const pop3_result *result) {
  bench_sample *sample = arg;
  if (result->status == POP3_OK) sample->messages++;
}

static void send_all(pop3_engine *engine) {
  size_t len;
  while (pop3_engine_send_buf(engine, &len) != NULL) pop3_engine_send_ack(engine, len);
}

// Returns 0 once the engine takes no more.
static int feed(pop3_engine *engine, const uint8_t *data, size_t len) {
  while (len > 0) {
    size_t cap;
    uint8_t *buf = pop3_engine_recv_buf(engine, &cap);
    if (cap == 0) return 0;
    const size_t n = len < cap ? len : cap;
    (void)copier(buf, data, n);
    if (pop3_engine_recv_ack(engine, n) != POP3_OK) return 0;
    data += n;
    len -= n;
  }
  return 1;
}

static int decode(const void *arg, bench_sample *out) {
  const struct message *message = arg;
  pop3_engine *engine = NULL;
  pop3_limits limits = POP3_LIMITS_INIT;
  pop3_engine_options options = POP3_ENGINE_OPTIONS_INIT;
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_RETR);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_error error = POP3_ERROR_INIT;
  limits.recv_buffer = (uint32_t)CHUNK;
  options.limits = &limits;
  request.number = 1;
  sink.body = count_octets;
  sink.done = count_message;
  sink.arg = out;
  if (pop3_engine_new(&engine, &options, &error) != POP3_OK) {
    return bench_client_fail("an engine", &error);
  }
  int good = feed(engine, kStatus, sizeof(kStatus) - 1);
  for (unsigned round = 0; round < ROUNDS && good; round++) {
    good = pop3_engine_submit(engine, &request, &sink, NULL, &error) == POP3_OK;
    send_all(engine);
    good = good && feed(engine, message->wire, message->wire_len);
  }
  if (!good && pop3_engine_error(engine) != NULL) error = *pop3_engine_error(engine);
  pop3_engine_free(engine);
  return good ? 1 : bench_client_fail("the engine", &error);
}

int bench_memory(bench_report *report) {
  struct message message;
  bench_section section;
  if (!make_message(&message)) return 0;
  memset(&section, 0, sizeof(section));
  const uint64_t wire = (uint64_t)message.wire_len * ROUNDS;
  const bench_entrant entrants[] = {
      {"memcpy", copy, &message, wire, ROUNDS},
      {"+ memchr", copy_and_split, &message, wire, ROUNDS},
      {"pop3_engine", decode, &message, (uint64_t)message.body_len * ROUNDS, ROUNDS},
  };
  memcpy(section.entrants, entrants, sizeof(entrants));
  section.num = 3;
  section.kind = "memory";
  section.per = "msg/s";
  snprintf(section.name, sizeof(section.name), "%ux%uM", ROUNDS, (unsigned)(MESSAGE_OCTETS >> 20));
  snprintf(section.title, sizeof(section.title),
           "from memory in pieces of %u KiB; memchr looks for each line end",
           (unsigned)(CHUNK >> 10));
  section.rounds = bench_contest_run(report->options->pin, entrants, section.num,
                                     report->options->runs, section.standings);
  free(message.wire);
  if (section.rounds == 0) return 0;
  const bench_standing *ours = &section.standings[2];
  snprintf(section.line, sizeof(section.line),
           "%.1f x the time of memcpy, %.1f GB/s (line by line with memchr: %.1f x)",
           ours->wall_ratio, ours->wall_s > 0 ? (double)wire / ours->wall_s / 1e9 : 0,
           section.standings[1].wall_ratio);
  bench_report_add(report, &section);
  return 1;
}
