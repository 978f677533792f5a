#include <pop3/engine.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/codec/argument.h"
#include "core/codec/capability_parse.h"
#include "core/codec/codec.h"
#include "core/codec/command_table.h"
#include "core/engine/engine.h"
#include "core/engine/engine_end.h"
#include "core/engine/engine_state.h"
#include "core/engine/engine_trace.h"

#define LAYER "engine"

pop3_status pop3_engine_new(pop3_engine **out, const pop3_engine_options *options,
                            pop3_error *err) {
  p3_error_reset(err);
  *out = NULL;
  pop3_engine_options opts = POP3_ENGINE_OPTIONS_INIT;
  if (options != NULL) {
    const size_t size = options->size < sizeof(opts) ? options->size : sizeof(opts);
    if (size < offsetof(pop3_engine_options, limits)) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "engine options have no size");
    }
    memcpy(&opts, options, size);
  }
  const uint32_t known = p3_quirks_known();
  if (opts.quirks == POP3_QUIRKS_ALL) opts.quirks = known;
  if ((opts.quirks & ~known) != 0) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "unknown quirk bits 0x%x",
                          (unsigned)(opts.quirks & ~known));
  }
  pop3_limits limits;
  const pop3_status status = p3_limits_resolve(&limits, opts.limits, err);
  if (status != POP3_OK) return status;
  pop3_allocator allocator;
  p3_allocator_resolve(&allocator, opts.allocator);
  pop3_engine *engine = p3_mem_zalloc(&allocator, 1, sizeof(*engine));
  if (engine == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for an engine");
  }
  engine->allocator = allocator;
  engine->limits = limits;
  engine->quirks.enabled = opts.quirks;
  engine->options = opts;
  engine->options.allocator = NULL;  // copied above; the caller's may be gone
  engine->options.limits = NULL;
  engine->send.refilling = 1;
  p3_op_queue_init(&engine->queue, &engine->allocator);
  p3_capabilities_init(&engine->server.capabilities, &engine->allocator);
  p3_capabilities_init(&engine->reading.building, &engine->allocator);
  *out = engine;
  return POP3_OK;
}

void pop3_engine_free(pop3_engine *engine) {
  if (engine == NULL) return;
  pop3_error cancelled = POP3_ERROR_INIT;
  pop3_error_set(&cancelled, POP3_ERR_CANCELLED, LAYER, 0, "the session was freed");
  p3_engine_set_failed(engine, &cancelled);
  p3_op_queue_cleanup(&engine->queue);
  p3_capabilities_cleanup(&engine->server.capabilities);
  p3_capabilities_cleanup(&engine->reading.building);
  if (engine->send.octets != NULL) pop3_wipe(engine->send.octets, engine->limits.send_buffer);
  // The server may have repeated a secret in a place where nobody looked for it.
  if (engine->recv.octets != NULL && engine->send.had_secret) {
    pop3_wipe(engine->recv.octets, engine->recv.high);
  }
  p3_engine_drop_text(engine);
  p3_mem_free(&engine->allocator, engine->send.octets);
  p3_mem_free(&engine->allocator, engine->recv.octets);
  p3_mem_free(&engine->allocator, engine->server.greeting_text);
  p3_mem_free(&engine->allocator, engine->server.first_greeting_text);
  const pop3_allocator allocator = engine->allocator;
  p3_mem_free(&allocator, engine);
}

static pop3_status submit_line(pop3_engine *engine, const pop3_request *request,
                               const uint8_t *line, size_t line_len, size_t secret,
                               const pop3_sink *sink, pop3_op_id *out_id, pop3_error *err) {
  if (out_id != NULL) *out_id = 0;
  if (engine->phase == P3_ENGINE_FAILED) {
    if (err != NULL) *err = engine->error;
    return engine->error.status;
  }
  if (engine->phase == P3_ENGINE_CLOSED) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "%s after the session was closed",
                          pop3_command_name(request->command));
  }
  if (engine->queue.num_queued >= engine->limits.max_queued) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "more than %u operations queued (limit max_queued)",
                          (unsigned)engine->limits.max_queued);
  }
  pop3_sink copy;
  const pop3_status status = p3_sink_copy(&copy, sink, err);
  if (status != POP3_OK) return status;
  p3_op *op = p3_op_new(&engine->queue, line, line_len, secret);
  if (op == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory to queue %s",
                          pop3_command_name(request->command));
  }
  op->id = ++engine->last_id;
  op->command = request->command;
  op->number = request->number;
  op->flags = request->flags;
  if (request->number == 0 && request->arg == NULL) op->flags |= P3_OP_LISTS;
  op->sink = copy;
  p3_op_push(&engine->queue, op);
  if (out_id != NULL) *out_id = op->id;
  return POP3_OK;
}

pop3_status pop3_engine_submit(pop3_engine *engine, const pop3_request *request,
                               const pop3_sink *sink, pop3_op_id *out_id, pop3_error *err) {
  p3_error_reset(err);
  if (out_id != NULL) *out_id = 0;
  // Numbers fit on the stack; only commands with text can be longer.
  uint8_t small[512];
  uint8_t *line = small;
  size_t cap = sizeof(small);
  const uint32_t most = engine->limits.max_command > engine->limits.max_credential
                            ? engine->limits.max_command
                            : engine->limits.max_credential;
  if (most > cap && request->arg_len + request->arg2_len > 256) {
    cap = most;
    line = p3_mem_alloc(&engine->allocator, cap);
    if (line == NULL) {
      return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory to queue %s",
                            pop3_command_name(request->command));
    }
  }
  size_t line_len = 0;
  size_t secret = 0;
  pop3_status status =
      pop3_command_build(line, cap, &line_len, &secret, request, &engine->limits, err);
  if (status == POP3_OK) {
    status = submit_line(engine, request, line, line_len, secret, sink, out_id, err);
  }
  if (secret < line_len) pop3_wipe(line + secret, line_len - secret);
  if (line != small) p3_mem_free(&engine->allocator, line);
  return status;
}

// The command that a mechanism's line is: one of a login, by its first word, or another.
static pop3_command command_of(const uint8_t *line, size_t line_len) {
  const pop3_command command = p3_command_of_line((const char *)line, line_len);
  return p3_command_has(command, P3_COMMAND_LOGIN) ? command : POP3_CMD_RAW;
}

pop3_status p3_engine_submit_line(pop3_engine *engine, const uint8_t *line, size_t line_len,
                                  size_t secret, const pop3_sink *sink, pop3_op_id *out_id,
                                  pop3_command *out_command, pop3_error *err) {
  if (out_id != NULL) *out_id = 0;
  pop3_request request = POP3_REQUEST_INIT(command_of(line, line_len));
  request.flags = P3_OP_HOLDS;
  *out_command = request.command;
  const uint32_t most = p3_limits_line(&engine->limits, request.command);
  if (line_len == 0 || line_len + 2 > most) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "a %s line of %zu octets: 1 to %u are allowed (limit %s)",
                          pop3_command_name(request.command), line_len + 2, (unsigned)most,
                          most > engine->limits.max_command ? "max_credential" : "max_command");
  }
  const size_t at = p3_line_break(line, line_len);
  if (at < line_len) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "a %s line has CR, LF or NUL at octet %zu",
                          pop3_command_name(request.command), at);
  }
  uint8_t *whole = p3_mem_alloc(&engine->allocator, line_len + 2);
  if (whole == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory to queue %s",
                          pop3_command_name(request.command));
  }
  memcpy(whole, line, line_len);
  memcpy(whole + line_len, "\r\n", 2);
  const size_t from = secret < line_len ? secret : line_len + 2;
  const pop3_status status =
      submit_line(engine, &request, whole, line_len + 2, from, sink, out_id, err);
  pop3_wipe(whole, line_len + 2);
  p3_mem_free(&engine->allocator, whole);
  return status;
}

void pop3_engine_fail(pop3_engine *engine, const pop3_error *error) {
  if (engine->phase != P3_ENGINE_FAILED) p3_engine_set_failed(engine, error);
}

pop3_status pop3_engine_cancel(pop3_engine *engine, pop3_op_id id, pop3_error *err) {
  p3_error_reset(err);
  p3_op *op = p3_op_find(&engine->queue, id);
  if (op == NULL) {
    return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0, "operation %llu is not pending",
                          (unsigned long long)id);
  }
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_ERR_CANCELLED, LAYER, 0, "%s was cancelled",
                 pop3_command_name(op->command));
  pop3_result result;
  p3_engine_result_init(&result, op, POP3_ERR_CANCELLED);
  result.error = &error;
  if (!p3_op_in_flight(&engine->queue, op)) {
    p3_op_remove_unsent(&engine->queue, op);
    p3_engine_end_op(engine, op, &result);
    p3_op_free(&engine->queue, op);
    return POP3_OK;
  }
  // The response still comes and is dropped; nobody is left who could resume it.
  if (op == engine->queue.head) engine->paused = 0;
  const int challenged = op == engine->queue.head && engine->mode == P3_MODE_CHALLENGED;
  p3_engine_end_op(engine, op, &result);
  if (challenged) (void)pop3_engine_respond(engine, (const uint8_t *)"*", 1, NULL);
  return POP3_OK;
}

int p3_engine_watch(pop3_engine *engine, pop3_op_id id, p3_watch *watch) {
  p3_op *op = p3_op_find(&engine->queue, id);
  if (op == NULL) return 0;
  op->watch = watch;
  return 1;
}

void p3_engine_hold(pop3_engine *engine) {
  if (engine->phase == P3_ENGINE_FAILED) return;
  if (p3_engine_is_injected(engine, "AUTH")) return;
  engine->phase = P3_ENGINE_UPGRADING;
}

void p3_engine_go_on(pop3_engine *engine) {
  if (engine->phase == P3_ENGINE_ANSWERED) engine->phase = P3_ENGINE_OPEN;
}

void pop3_engine_upgraded(pop3_engine *engine) {
  if (engine->phase == P3_ENGINE_UPGRADING) engine->phase = P3_ENGINE_OPEN;
  engine->server.has_capabilities = 0;
  engine->server.refused_capa = 0;
  p3_capabilities_cleanup(&engine->server.capabilities);
}

void p3_engine_restart(pop3_engine *engine) {
  pop3_engine_upgraded(engine);
  engine->mode = P3_MODE_GREETING;
  engine->server.timestamp = NULL;
  engine->server.timestamp_len = 0;
  engine->recv.at = engine->recv.end = engine->recv.scanned = 0;
  engine->send.refilling = 1;
}

int pop3_engine_paused(const pop3_engine *engine) { return engine->paused; }

int pop3_engine_upgrading(const pop3_engine *engine) {
  return engine->phase == P3_ENGINE_UPGRADING;
}

int p3_engine_closed(const pop3_engine *engine) { return engine->phase == P3_ENGINE_CLOSED; }

int p3_engine_authenticated(const pop3_engine *engine) { return engine->server.authenticated; }

void p3_engine_set_authenticated(pop3_engine *engine) { engine->server.authenticated = 1; }

int p3_engine_refused_capa(const pop3_engine *engine) { return engine->server.refused_capa; }

int p3_engine_greeted(const pop3_engine *engine) {
  return engine->server.greeting_text != NULL && engine->mode != P3_MODE_GREETING;
}

const pop3_reply *p3_engine_reply(const pop3_engine *engine) {
  if (engine->reading.text != NULL) return &engine->reading.reply;
  return pop3_engine_greeting(engine);
}

const char *p3_engine_awaited(const pop3_engine *engine) {
  const p3_op *op = engine->queue.head;
  return op != NULL ? pop3_command_name(op->command) : NULL;
}

void p3_engine_unpause(pop3_engine *engine) { engine->paused = 0; }

const pop3_error *pop3_engine_error(const pop3_engine *engine) {
  return engine->phase == P3_ENGINE_FAILED ? &engine->error : NULL;
}

size_t pop3_engine_in_flight(const pop3_engine *engine) {
  const int awaits_greeting = engine->mode == P3_MODE_GREETING && engine->phase != P3_ENGINE_FAILED;
  return engine->queue.num_in_flight + (awaits_greeting ? 1 : 0);
}

size_t pop3_engine_pending(const pop3_engine *engine) { return engine->queue.num_queued; }

const pop3_reply *pop3_engine_greeting(const pop3_engine *engine) {
  return engine->server.greeting_text != NULL ? &engine->server.greeting : NULL;
}

void p3_engine_note(pop3_engine *engine, const char *text) {
  const size_t len = strlen(text);
  p3_engine_trace(engine, POP3_TRACE_NOTE, text, len, len);
}

const char *pop3_engine_timestamp_problem(const pop3_engine *engine) {
  if (engine->server.timestamp != NULL) return NULL;
  if (engine->server.greeting_text == NULL) return "there is no greeting yet";
  return p3_timestamp_problem(engine->server.greeting.text, engine->server.greeting.text_len);
}

const char *pop3_engine_timestamp(const pop3_engine *engine, size_t *out_len) {
  *out_len = engine->server.timestamp_len;
  return engine->server.timestamp;
}

const pop3_capabilities *pop3_engine_capabilities(const pop3_engine *engine) {
  return engine->server.has_capabilities ? &engine->server.capabilities : NULL;
}

const pop3_quirks *pop3_engine_quirks(const pop3_engine *engine) { return &engine->quirks; }

void pop3_engine_set_debug_level(pop3_engine *engine, uint32_t level) {
  engine->options.debug_level = level;
}
