// The way in: from the receive buffer to lines and spans. What they mean is engine_reply.c's
// business.
#include <stdio.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/codec/codec.h"
#include "core/engine/engine_end.h"
#include "core/engine/engine_reply.h"
#include "core/engine/engine_trace.h"

// A server that is not POP3 can be told by so many octets, and some send no more before they wait.
#define DIAGNOSE_AT 5

uint8_t *pop3_engine_recv_buf(pop3_engine *engine, size_t *out_cap) {
  *out_cap = 0;
  if (engine->phase != P3_ENGINE_OPEN || engine->ended || engine->paused || engine->depth > 0) {
    return NULL;
  }
  if (engine->recv.octets == NULL) {
    engine->recv.octets = p3_mem_alloc(&engine->allocator, engine->limits.recv_buffer);
    if (engine->recv.octets == NULL) {
      p3_engine_protocol_error(engine, POP3_ERR_MEMORY, "no memory for the receive buffer");
      return NULL;
    }
  }
  // What is left is part of a line, so moving it to the front is cheap.
  if (engine->recv.at > 0) {
    const size_t left = engine->recv.end - engine->recv.at;
    if (left > 0) memmove(engine->recv.octets, engine->recv.octets + engine->recv.at, left);
    engine->recv.at = 0;
    engine->recv.end = left;
  }
  *out_cap = engine->limits.recv_buffer - engine->recv.end;
  return *out_cap == 0 ? NULL : engine->recv.octets + engine->recv.end;
}

// A line that cannot be read: says so with its start, unless that is not to be seen.
static void fail_line(pop3_engine *engine, pop3_status status, const char *what, size_t len) {
  uint8_t *start = engine->recv.octets + engine->recv.at;
  if (p3_engine_echoes(engine, (const char *)start, len)) {
    pop3_wipe(start, len);
    p3_engine_protocol_error(engine, status, "%s; it repeats the secret that was sent", what);
    return;
  }
  if (p3_engine_in_exchange(engine)) {
    p3_engine_protocol_error(engine, status, "%s; it is part of a login, and left out", what);
    return;
  }
  p3_engine_protocol_error(engine, status, "%s: \"%.*s\"", what, (int)(len > 60 ? 60 : len),
                           (const char *)start);
}

// Finds the next line. Returns 1 with the line without its line end, whose octets are
// |*out_end_len|; 0 if more octets are needed or the engine has failed.
static int next_line(pop3_engine *engine, char **out_line, size_t *out_len, size_t *out_end_len) {
  uint8_t *start = engine->recv.octets + engine->recv.at;
  const size_t there = engine->recv.end - engine->recv.at;
  const uint8_t *lf = memchr(start + engine->recv.scanned, '\n', there - engine->recv.scanned);
  const size_t octets = lf != NULL ? (size_t)(lf - start) + 1 : there;
  if (octets > engine->limits.max_reply_line ||
      (lf == NULL && octets == engine->limits.max_reply_line)) {
    char what[80];
    (void)snprintf(what, sizeof(what),
                   "a line of the server is longer than %u octets (limit max_reply_line)",
                   (unsigned)engine->limits.max_reply_line);
    fail_line(engine, POP3_ERR_LIMIT, what, octets);
    return 0;
  }
  if (lf == NULL) {
    engine->recv.scanned = there;
    return 0;
  }
  size_t len = octets - 1;
  if (len > 0 && start[len - 1] == '\r') {
    len--;
  } else if ((engine->quirks.enabled & POP3_QUIRK_BIT(POP3_QUIRK_BARE_LF)) != 0) {
    engine->quirks.hits[POP3_QUIRK_BARE_LF]++;
  } else {
    fail_line(engine, POP3_ERR_PROTOCOL,
              "a line of the server ends in LF without CR (quirk bare-lf)", len);
    return 0;
  }
  engine->recv.at += octets;
  engine->recv.scanned = 0;
  *out_line = (char *)start;
  *out_len = len;
  *out_end_len = octets - len;
  return 1;
}

// The first octets do not begin a greeting: says what they may be instead, once there is enough to
// tell.
static int is_foreign_greeting(const pop3_engine *engine, int at_end) {
  const size_t there = engine->recv.end - engine->recv.at;
  if (there == 0) return 0;  // there may be no buffer at all yet
  const uint8_t *start = engine->recv.octets + engine->recv.at;
  if (start[0] == '+' || start[0] == '-') return 0;
  return at_end || there >= DIAGNOSE_AT || memchr(start, '\n', there) != NULL;
}

static void fail_greeting(pop3_engine *engine) {
  pop3_error error = POP3_ERROR_INIT;
  p3_greeting_diagnose(engine->recv.octets + engine->recv.at, engine->recv.end - engine->recv.at,
                       &error);
  p3_engine_set_failed(engine, &error);
}

// Returns 0 when more octets are needed.
static int read_lines(pop3_engine *engine) {
  char *line;
  size_t len;
  size_t end_len;
  if (!next_line(engine, &line, &len, &end_len)) return 0;
  const int echo = p3_engine_echoes(engine, line, len);
  if (engine->mode != P3_MODE_LINES) {
    // What was kept for the comparison has served.
    if (engine->response.sent == engine->response.len) {
      p3_auth_response_drop(&engine->response, &engine->allocator);
    }
    p3_engine_on_status(engine, line, len, echo);
    if (echo) pop3_wipe(line, len);
    return 1;
  }
  p3_engine_trace(engine, POP3_TRACE_LINE, line, len, echo ? 0 : len);
  if (len == 1 && line[0] == '.') {
    p3_engine_on_end(engine);
  } else if (len > 0 && line[0] == '.') {
    p3_engine_on_line(engine, line + 1, len - 1, end_len);
  } else {
    p3_engine_on_line(engine, line, len, end_len);
  }
  return 1;
}

static void read_body(pop3_engine *engine) {
  p3_op *op = engine->queue.head;
  while (engine->recv.at < engine->recv.end && !engine->paused) {
    const uint8_t *span;
    size_t read;
    size_t span_len;
    p3_dot_next(&engine->reading.dot, engine->recv.octets + engine->recv.at,
                engine->recv.end - engine->recv.at, &read, &span, &span_len, &engine->quirks);
    engine->recv.at += read;
    if (span_len > 0) {
      engine->reading.octets += span_len;
      if (engine->reading.octets > engine->limits.max_message_octets) {
        p3_engine_protocol_error(engine, POP3_ERR_LIMIT,
                                 "a message is longer than %llu octets (limit "
                                 "max_message_octets)",
                                 (unsigned long long)engine->limits.max_message_octets);
        return;
      }
      p3_engine_trace(engine, POP3_TRACE_BODY, span, span_len, span_len);
      if (!op->detached && op->sink.body != NULL) {
        engine->depth++;
        const pop3_sink_verdict verdict = op->sink.body(op->sink.arg, span, span_len);
        engine->depth--;
        if (engine->phase == P3_ENGINE_FAILED) return;
        p3_engine_verdict(engine, op, verdict);
        if (engine->phase == P3_ENGINE_FAILED) return;
      }
    }
    if (engine->reading.dot.state == P3_DOT_END) {
      p3_engine_on_end(engine);
      return;
    }
  }
}

// Octets while nothing is in flight. Many servers say why before they hang up on an idle client.
static int read_unsolicited(pop3_engine *engine) {
  char *line;
  size_t len;
  size_t end_len;
  if (!next_line(engine, &line, &len, &end_len)) return 0;
  p3_engine_trace(engine, POP3_TRACE_REPLY, line, len, len);
  p3_engine_protocol_error(engine, POP3_ERR_UNSOLICITED,
                           "unsolicited line from the server: \"%.*s\"",
                           (int)(len > 200 ? 200 : len), line);
  return 0;
}

static void run(pop3_engine *engine) {
  while (engine->phase == P3_ENGINE_OPEN && !engine->paused && engine->recv.at < engine->recv.end) {
    if (engine->mode == P3_MODE_BODY) {
      read_body(engine);
    } else if (engine->mode == P3_MODE_CHALLENGED) {
      return;
    } else if (engine->mode == P3_MODE_GREETING && is_foreign_greeting(engine, 0)) {
      fail_greeting(engine);
    } else if (engine->mode == P3_MODE_STATUS && engine->queue.num_in_flight == 0) {
      if (!read_unsolicited(engine)) return;
    } else if (!read_lines(engine)) {
      return;
    }
  }
}

// Says what the end of the connection means, once all that came before it has been read.
static void conclude(pop3_engine *engine) {
  const size_t left = engine->recv.end - engine->recv.at;
  const p3_op *op = engine->queue.head;
  if (engine->mode == P3_MODE_GREETING && is_foreign_greeting(engine, 1)) {
    fail_greeting(engine);
  } else if (engine->mode == P3_MODE_GREETING) {
    p3_engine_protocol_error(engine, POP3_ERR_EOF,
                             "the server closed the connection %s its greeting",
                             left > 0 ? "in the middle of" : "before");
  } else if (engine->queue.num_in_flight > 0) {
    const char *where = engine->mode == P3_MODE_BODY || engine->mode == P3_MODE_LINES
                            ? "in the middle of the response to"
                        : left > 0 ? "in the middle of the status line of"
                                   : "instead of answering";
    p3_engine_protocol_error(engine, POP3_ERR_EOF, "the server closed the connection %s %s", where,
                             pop3_command_name(op->command));
  } else if (engine->queue.num_queued > 0) {
    p3_engine_protocol_error(engine, POP3_ERR_EOF,
                             "the server closed the connection before %s was sent",
                             pop3_command_name(op->command));
  } else if (left > 0) {
    p3_engine_protocol_error(engine, POP3_ERR_UNSOLICITED,
                             "the server sent an unsolicited line and closed the connection: "
                             "\"%.*s\"",
                             (int)(left > 200 ? 200 : left),
                             (const char *)engine->recv.octets + engine->recv.at);
  } else {
    engine->phase = P3_ENGINE_CLOSED;
  }
}

// Reads on, and concludes if that was all. What a paused sink has not taken yet is not lost.
static pop3_status advance(pop3_engine *engine) {
  if (engine->depth == 0) {
    run(engine);
    if (engine->ended && !engine->paused && engine->phase == P3_ENGINE_OPEN) conclude(engine);
  }
  return engine->phase == P3_ENGINE_FAILED ? engine->error.status : POP3_OK;
}

pop3_status pop3_engine_recv_ack(pop3_engine *engine, size_t len) {
  if (engine->phase == P3_ENGINE_FAILED) return engine->error.status;
  if (engine->depth > 0 || engine->recv.octets == NULL ||
      len > engine->limits.recv_buffer - engine->recv.end) {
    p3_engine_protocol_error(engine, POP3_ERR_STATE,
                             "pop3_engine_recv_ack inside a callback or for more octets than "
                             "pop3_engine_recv_buf gave room for");
    return POP3_ERR_STATE;
  }
  engine->recv.end += len;
  if (engine->recv.end > engine->recv.high) engine->recv.high = engine->recv.end;
  return advance(engine);
}

pop3_status pop3_engine_resume(pop3_engine *engine) {
  engine->paused = 0;
  return advance(engine);
}

pop3_status pop3_engine_recv_eof(pop3_engine *engine) {
  engine->ended = 1;
  return advance(engine);
}
