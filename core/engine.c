#include <pop3/engine.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/capability_parse.h"
#include "core/codec.h"
#include "core/engine_private.h"
#include "core/memory.h"

#define LAYER "engine"

pop3_status pop3_engine_new(pop3_engine **out, const pop3_engine_options *options,
                            pop3_error *err) {
  *out = NULL;
  pop3_engine_options opts = POP3_ENGINE_OPTIONS_INIT;
  if (options != NULL) {
    const size_t size = options->size < sizeof(opts) ? options->size : sizeof(opts);
    if (size < offsetof(pop3_engine_options, limits)) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "engine options have no size");
    }
    memcpy(&opts, options, size);
  }
  const uint32_t known = pop3_quirks_known();
  if (opts.quirks == POP3_QUIRKS_ALL) opts.quirks = known;
  if ((opts.quirks & ~known) != 0) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "unknown quirk bits 0x%x",
                          (unsigned)(opts.quirks & ~known));
  }
  pop3_limits limits;
  const pop3_status status = pop3_limits_resolve(&limits, opts.limits, err);
  if (status != POP3_OK) return status;
  pop3_allocator allocator;
  pop3_allocator_resolve(&allocator, opts.allocator);
  pop3_engine *engine = pop3_mem_zalloc(&allocator, 1, sizeof(*engine));
  if (engine == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for an engine");
  }
  engine->allocator = allocator;
  engine->limits = limits;
  engine->quirks.enabled = opts.quirks;
  engine->options = opts;
  engine->options.allocator = NULL;  // copied above; the caller's may be gone
  engine->options.limits = NULL;
  engine->refilling = 1;
  pop3_op_queue_init(&engine->queue, &engine->allocator);
  pop3_capabilities_init(&engine->capabilities, &engine->allocator);
  pop3_capabilities_init(&engine->building, &engine->allocator);
  *out = engine;
  return POP3_OK;
}

void pop3_engine_free(pop3_engine *engine) {
  if (engine == NULL) return;
  pop3_error cancelled = POP3_ERROR_INIT;
  pop3_error_set(&cancelled, POP3_ERR_CANCELLED, LAYER, 0, "the session was freed");
  pop3_engine_set_failed(engine, &cancelled);
  pop3_op_queue_cleanup(&engine->queue);
  pop3_capabilities_cleanup(&engine->capabilities);
  pop3_capabilities_cleanup(&engine->building);
  if (engine->send != NULL) pop3_wipe(engine->send, engine->limits.send_buffer);
  // The server may have repeated a secret in a place where nobody looked for it.
  if (engine->recv != NULL && engine->had_secret) {
    pop3_wipe(engine->recv, engine->recv_high);
  }
  pop3_engine_drop_text(engine);
  pop3_mem_free(&engine->allocator, engine->send);
  pop3_mem_free(&engine->allocator, engine->recv);
  pop3_mem_free(&engine->allocator, engine->greeting_text);
  pop3_mem_free(&engine->allocator, engine->first_greeting_text);
  const pop3_allocator allocator = engine->allocator;
  pop3_mem_free(&allocator, engine);
}

void pop3_engine_drop_text(pop3_engine *engine) {
  if (engine->reply_text == NULL) return;
  if (engine->had_secret) pop3_wipe(engine->reply_text, engine->reply_text_cap);
  pop3_mem_free(&engine->allocator, engine->reply_text);
  engine->reply_text = NULL;
}

static pop3_status submit_line(pop3_engine *engine, const pop3_request *request,
                               const uint8_t *line, size_t line_len, size_t secret,
                               const pop3_sink *sink, pop3_op_id *out_id, pop3_error *err) {
  if (out_id != NULL) *out_id = 0;
  if (engine->failed) {
    if (err != NULL) *err = engine->error;
    return engine->error.status;
  }
  if (engine->closed) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "%s after the session was closed",
                          pop3_command_name(request->command));
  }
  if (engine->queue.num_queued >= engine->limits.max_queued) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "more than %u operations queued (limit max_queued)",
                          (unsigned)engine->limits.max_queued);
  }
  pop3_sink copy;
  const pop3_status status = pop3_sink_copy(&copy, sink, err);
  if (status != POP3_OK) return status;
  pop3_op *op = pop3_op_new(&engine->queue, line, line_len, secret);
  if (op == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory to queue %s",
                          pop3_command_name(request->command));
  }
  op->id = ++engine->last_id;
  op->command = request->command;
  op->number = request->number;
  op->flags = request->flags & ~POP3_OP_LISTS;
  if (request->command == POP3_CMD_LANG && request->arg == NULL) op->flags |= POP3_OP_LISTS;
  op->sink = copy;
  pop3_op_push(&engine->queue, op);
  if (out_id != NULL) *out_id = op->id;
  return POP3_OK;
}

pop3_status pop3_engine_submit(pop3_engine *engine, const pop3_request *request,
                               const pop3_sink *sink, pop3_op_id *out_id, pop3_error *err) {
  if (out_id != NULL) *out_id = 0;
  // Numbers fit on the stack; only commands with text can be longer.
  uint8_t small[512];
  uint8_t *line = small;
  size_t cap = sizeof(small);
  if (engine->limits.max_command > cap && request->arg_len + request->arg2_len > 256) {
    cap = engine->limits.max_command;
    line = pop3_mem_alloc(&engine->allocator, cap);
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
  if (line != small) pop3_mem_free(&engine->allocator, line);
  return status;
}

// The command that a mechanism's line is, by its first word.
static pop3_command command_of(const char *line, size_t line_len) {
  size_t verb = 0;
  while (verb < line_len && line[verb] != ' ') verb++;
  static const pop3_command kLogin[] = {POP3_CMD_USER, POP3_CMD_PASS, POP3_CMD_APOP, POP3_CMD_RPOP,
                                        POP3_CMD_AUTH};
  for (size_t i = 0; i < sizeof(kLogin) / sizeof(kLogin[0]); i++) {
    if (pop3_ascii_equal(line, verb, pop3_command_name(kLogin[i]))) return kLogin[i];
  }
  return POP3_CMD_RAW;
}

pop3_status pop3_engine_submit_line(pop3_engine *engine, const uint8_t *line, size_t line_len,
                                    size_t secret, const pop3_sink *sink, pop3_op_id *out_id,
                                    pop3_error *err) {
  if (out_id != NULL) *out_id = 0;
  pop3_request request = POP3_REQUEST_INIT(command_of((const char *)line, line_len));
  if (line_len == 0 || line_len + 2 > engine->limits.max_command) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "a %s line of %zu octets: 1 to %u are allowed (limit max_command)",
                          pop3_command_name(request.command), line_len + 2,
                          (unsigned)engine->limits.max_command);
  }
  for (size_t i = 0; i < line_len; i++) {
    if (line[i] == '\r' || line[i] == '\n' || line[i] == 0) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "a %s line has CR, LF or NUL at octet %zu",
                            pop3_command_name(request.command), i);
    }
  }
  uint8_t *whole = pop3_mem_alloc(&engine->allocator, line_len + 2);
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
  pop3_mem_free(&engine->allocator, whole);
  return status;
}

void pop3_engine_result_init(pop3_result *result, const pop3_op *op, pop3_status status) {
  memset(result, 0, sizeof(*result));
  result->size = (uint32_t)sizeof(*result);
  result->command = op->command;
  result->op = op->id;
  result->number = op->number;
  result->status = status;
}

void pop3_engine_end_op(pop3_engine *engine, pop3_op *op, pop3_result *result) {
  if (op->watch != NULL) {
    op->watch->done = 1;
    op->watch->status = result->status;
    if (result->error != NULL) op->watch->error = *result->error;
    op->watch = NULL;
  }
  op->detached = 1;
  engine->depth++;
  if (op->sink.done != NULL) op->sink.done(op->sink.arg, result);
  engine->depth--;
}

void pop3_engine_flush_all(pop3_engine *engine, const pop3_error *error) {
  pop3_op *op;
  while ((op = pop3_op_pop(&engine->queue)) != NULL) {
    if (!op->detached) {
      pop3_result result;
      pop3_engine_result_init(&result, op, error->status);
      result.error = error;
      pop3_engine_end_op(engine, op, &result);
    }
    pop3_op_free(&engine->queue, op);
  }
}

void pop3_engine_set_failed(pop3_engine *engine, const pop3_error *error) {
  if (!engine->failed) {
    engine->failed = 1;
    engine->error = *error;
  }
  pop3_engine_drop_response(engine);
  if (engine->send != NULL) pop3_wipe(engine->send, engine->limits.send_buffer);
  engine->send_at = engine->send_end = 0;
  engine->paused = 0;
  pop3_engine_flush_all(engine, &engine->error);
}

void pop3_engine_fail(pop3_engine *engine, const pop3_error *error) {
  if (!engine->failed) pop3_engine_set_failed(engine, error);
}

void pop3_engine_protocol_error(pop3_engine *engine, pop3_status status, const char *format, ...) {
  char text[POP3_ERROR_TEXT_MAX * 2];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, status, LAYER, 0, "%s", text);
  pop3_engine_set_failed(engine, &error);
}

pop3_status pop3_engine_cancel(pop3_engine *engine, pop3_op_id id, pop3_error *err) {
  pop3_op *op = pop3_op_find(&engine->queue, id);
  if (op == NULL) {
    return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0, "operation %llu is not pending",
                          (unsigned long long)id);
  }
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_ERR_CANCELLED, LAYER, 0, "%s was cancelled",
                 pop3_command_name(op->command));
  pop3_result result;
  pop3_engine_result_init(&result, op, POP3_ERR_CANCELLED);
  result.error = &error;
  if (!pop3_op_in_flight(&engine->queue, op)) {
    pop3_op_remove_unsent(&engine->queue, op);
    pop3_engine_end_op(engine, op, &result);
    pop3_op_free(&engine->queue, op);
    return POP3_OK;
  }
  // The response still comes and is dropped; nobody is left who could resume it.
  if (op == engine->queue.head) engine->paused = 0;
  const int challenged = op == engine->queue.head && engine->mode == POP3_MODE_CHALLENGED;
  pop3_engine_end_op(engine, op, &result);
  if (challenged) (void)pop3_engine_respond(engine, (const uint8_t *)"*", 1, NULL);
  return POP3_OK;
}

int pop3_engine_watch(pop3_engine *engine, pop3_op_id id, pop3_watch *watch) {
  pop3_op *op = pop3_op_find(&engine->queue, id);
  if (op == NULL) return 0;
  op->watch = watch;
  return 1;
}

void pop3_engine_hold(pop3_engine *engine) { engine->upgrading = 1; }

void pop3_engine_upgraded(pop3_engine *engine) {
  engine->upgrading = 0;
  engine->has_capabilities = 0;
  pop3_capabilities_cleanup(&engine->capabilities);
}

void pop3_engine_restart(pop3_engine *engine) {
  pop3_engine_upgraded(engine);
  engine->mode = POP3_MODE_GREETING;
  engine->timestamp = NULL;
  engine->timestamp_len = 0;
  engine->recv_at = engine->recv_end = engine->recv_scanned = 0;
  engine->refilling = 1;
}

int pop3_engine_paused(const pop3_engine *engine) { return engine->paused; }

int pop3_engine_upgrading(const pop3_engine *engine) { return engine->upgrading; }

int pop3_engine_closed(const pop3_engine *engine) { return engine->closed; }

int pop3_engine_authenticated(const pop3_engine *engine) { return engine->authenticated; }

const pop3_error *pop3_engine_error(const pop3_engine *engine) {
  return engine->failed ? &engine->error : NULL;
}

size_t pop3_engine_in_flight(const pop3_engine *engine) {
  const int awaits_greeting = engine->mode == POP3_MODE_GREETING && !engine->failed;
  return engine->queue.num_in_flight + (awaits_greeting ? 1 : 0);
}

size_t pop3_engine_pending(const pop3_engine *engine) { return engine->queue.num_queued; }

const pop3_reply *pop3_engine_greeting(const pop3_engine *engine) {
  return engine->greeting_text != NULL ? &engine->greeting : NULL;
}

const char *pop3_engine_timestamp_problem(const pop3_engine *engine) {
  if (engine->timestamp != NULL) return NULL;
  if (engine->greeting_text == NULL) return "there is no greeting yet";
  return pop3_timestamp_problem(engine->greeting_text, engine->greeting.text_len);
}

const char *pop3_engine_timestamp(const pop3_engine *engine, size_t *out_len) {
  *out_len = engine->timestamp_len;
  return engine->timestamp;
}

const pop3_capabilities *pop3_engine_capabilities(const pop3_engine *engine) {
  return engine->has_capabilities ? &engine->capabilities : NULL;
}

const pop3_quirks *pop3_engine_quirks(const pop3_engine *engine) { return &engine->quirks; }

void pop3_engine_set_debug_level(pop3_engine *engine, uint32_t level) {
  engine->options.debug_level = level;
}
