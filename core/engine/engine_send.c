// The way out: from the queue to the send buffer, in batches where the server pipelines.
#include <string.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/codec/argument.h"
#include "core/codec/command_table.h"
#include "core/engine/engine_end.h"
#include "core/engine/engine_trace.h"

#define LAYER "engine"

static int is_barrier(const p3_op *op) {
  return p3_command_has(p3_op_effective(op), P3_COMMAND_BARRIER);
}

static int may_pipeline(const pop3_engine *engine) {
  return engine->options.pipelining == POP3_PIPELINING_AUTO && engine->server.has_capabilities &&
         pop3_capabilities_has(&engine->server.capabilities, POP3_CAP_PIPELINING);
}

static int may_send(pop3_engine *engine, const p3_op *op) {
  p3_op_queue *queue = &engine->queue;
  if (engine->mode == P3_MODE_GREETING || engine->mode == P3_MODE_CHALLENGED) return 0;
  if (queue->num_in_flight == 0) return 1;
  if (!may_pipeline(engine) || is_barrier(op) || is_barrier(queue->head)) {
    return 0;
  }
  if (queue->num_in_flight >= engine->limits.pipeline_high ||
      queue->octets_in_flight + op->line_len > engine->limits.pipeline_octets) {
    engine->send.refilling = 0;
  }
  return engine->send.refilling;
}

// The policy has a say in whatever is part of a login, and in what was flagged as a secret. Returns
// 1 and what to ask it for in |*out_command|, or 0.
static int needs_gate(const p3_op *op, pop3_command *out_command) {
  const pop3_command command = p3_op_effective(op);
  const int is_login = p3_command_has(command, P3_COMMAND_LOGIN);
  *out_command = is_login ? command : op->command;
  // Without an argument AUTH only lists mechanisms.
  if (command == POP3_CMD_AUTH) return op->line_len > sizeof("AUTH\r\n") - 1;
  return is_login || op->line_secret < op->line_len;
}

static void refuse_unsent(pop3_engine *engine, p3_op *op, const pop3_error *error) {
  p3_op_remove_unsent(&engine->queue, op);
  pop3_result result;
  p3_engine_result_init(&result, op, error->status);
  result.error = error;
  p3_engine_end_op(engine, op, &result);
  p3_op_free(&engine->queue, op);
}

// Asks policy and audit hook. Returns 1 if |op| may go out; else it is done, or the engine has
// failed.
static int admit(pop3_engine *engine, p3_op *op) {
  pop3_command command;
  if (needs_gate(op, &command) && engine->options.gate != NULL) {
    pop3_error error = POP3_ERROR_INIT;
    const pop3_status status = engine->options.gate(engine->options.gate_arg, command, &error);
    if (status != POP3_OK) {
      if (error.text[0] == '\0') {
        pop3_error_set(&error, status, LAYER, 0, "the gate forbids %s", pop3_command_name(command));
      }
      error.status = status;
      refuse_unsent(engine, op, &error);
      return 0;
    }
  }
  if (!p3_engine_audit(engine, op->line, op->line_len - 2, op->line_secret)) {
    p3_engine_protocol_error(engine, POP3_ERR_AUDIT, "the audit hook forbade %s",
                             pop3_command_name(op->command));
    return 0;
  }
  return 1;
}

static int ensure_send_buffer(pop3_engine *engine) {
  if (engine->send.octets != NULL) return 1;
  engine->send.octets = p3_mem_alloc(&engine->allocator, engine->limits.send_buffer);
  if (engine->send.octets != NULL) return 1;
  p3_engine_protocol_error(engine, POP3_ERR_MEMORY, "no memory for the send buffer");
  return 0;
}

static void move_response(pop3_engine *engine) {
  const size_t room = engine->limits.send_buffer - engine->send.end;
  engine->send.end +=
      p3_auth_response_move(&engine->response, engine->send.octets + engine->send.end, room);
  engine->send.has_secret = engine->send.had_secret = 1;
}

// Part of a line that nobody asked for stands in the receive buffer and a command wants to go out:
// there is no telling what would be its answer.
static int is_out_of_step(const pop3_engine *engine) {
  return engine->mode == P3_MODE_STATUS && engine->queue.num_in_flight == 0 &&
         engine->queue.unsent != NULL && engine->recv.at != engine->recv.end;
}

static void fill(pop3_engine *engine) {
  p3_op_queue *queue = &engine->queue;
  if (is_out_of_step(engine)) {
    const size_t len = engine->recv.end - engine->recv.at;
    p3_engine_protocol_error(engine, POP3_ERR_UNSOLICITED,
                             "unsolicited octets from the server, without a line end: \"%.*s\"",
                             (int)(len > 200 ? 200 : len),
                             (const char *)engine->recv.octets + engine->recv.at);
    return;
  }
  if (engine->send.at == engine->send.end) engine->send.at = engine->send.end = 0;
  if (p3_auth_response_is_due(&engine->response)) {
    if (ensure_send_buffer(engine)) move_response(engine);
    return;
  }
  if (queue->num_in_flight <= engine->limits.pipeline_low) engine->send.refilling = 1;
  while (engine->phase != P3_ENGINE_FAILED && queue->unsent != NULL &&
         may_send(engine, queue->unsent)) {
    p3_op *op = queue->unsent;
    if (!ensure_send_buffer(engine)) return;
    if (op->line_len > engine->limits.send_buffer - engine->send.end) return;
    if (!admit(engine, op)) continue;
    memcpy(engine->send.octets + engine->send.end, op->line, op->line_len);
    engine->send.end += op->line_len;
    if (op->line_secret < op->line_len) engine->send.has_secret = engine->send.had_secret = 1;
    p3_op_set_in_flight(queue);
    p3_engine_trace(engine, POP3_TRACE_COMMAND, op->line, op->line_len - 2, op->line_secret);
  }
}

const uint8_t *pop3_engine_send_buf(pop3_engine *engine, size_t *out_len) {
  // Inside a callback nothing moves: the buffer may be in the caller's hands.
  if (engine->depth == 0 && engine->phase == P3_ENGINE_OPEN) fill(engine);
  if (engine->phase == P3_ENGINE_FAILED) {
    *out_len = 0;
    return NULL;
  }
  *out_len = engine->send.end - engine->send.at;
  return *out_len == 0 ? NULL : engine->send.octets + engine->send.at;
}

void pop3_engine_send_ack(pop3_engine *engine, size_t len) {
  if (engine->phase == P3_ENGINE_FAILED || engine->send.octets == NULL) return;
  const size_t there = engine->send.end - engine->send.at;
  if (len > there) len = there;
  if (engine->send.has_secret) pop3_wipe(engine->send.octets + engine->send.at, len);
  engine->send.at += len;
  if (engine->send.at == engine->send.end) engine->send.has_secret = 0;
}

pop3_status pop3_engine_respond(pop3_engine *engine, const uint8_t *line, size_t line_len,
                                pop3_error *err) {
  p3_error_reset(err);
  if (engine->phase == P3_ENGINE_FAILED) {
    if (err != NULL) *err = engine->error;
    return engine->error.status;
  }
  if (engine->mode != P3_MODE_CHALLENGED) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "no challenge waits for a response");
  }
  const int cancels = line_len == 1 && line[0] == '*';
  if (!cancels && line_len + 2 > engine->limits.max_auth_line) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "a response of %zu octets: %u are allowed (limit max_auth_line)",
                          line_len + 2, (unsigned)engine->limits.max_auth_line);
  }
  const size_t at = p3_line_break(line, line_len);
  if (at < line_len) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "a response has CR, LF or NUL at octet %zu", at);
  }
  if (!cancels && line_len > 0 && engine->options.gate != NULL) {
    const pop3_status status = engine->options.gate(engine->options.gate_arg, POP3_CMD_AUTH, err);
    if (status != POP3_OK) return status;
  }
  if (!p3_auth_response_set(&engine->response, &engine->allocator, line, line_len)) {
    pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a response");
    // Without its "*" the exchange would never end.
    if (cancels) p3_engine_protocol_error(engine, POP3_ERR_MEMORY, "no memory to cancel AUTH");
    return POP3_ERR_MEMORY;
  }
  // The lone "*" and the empty line say nothing; all else may hold a password.
  const size_t secret = cancels || line_len == 0 ? line_len : 0;
  if (!p3_engine_audit(engine, engine->response.octets, line_len, secret)) {
    p3_engine_protocol_error(engine, POP3_ERR_AUDIT, "the audit hook forbade a response");
    if (err != NULL) *err = engine->error;
    return POP3_ERR_AUDIT;
  }
  p3_engine_trace(engine, POP3_TRACE_COMMAND, engine->response.octets, line_len, secret);
  engine->mode = P3_MODE_STATUS;
  return POP3_OK;
}
