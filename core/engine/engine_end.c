// How operations end, and the engine with them.
#include "core/engine/engine_end.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/memory.h"

#define LAYER "engine"

void p3_engine_drop_text(pop3_engine *engine) {
  if (engine->reading.text == NULL) return;
  if (engine->send.had_secret) pop3_wipe(engine->reading.text, engine->reading.text_cap);
  p3_mem_free(&engine->allocator, engine->reading.text);
  engine->reading.text = NULL;
}

void p3_engine_result_init(pop3_result *result, const p3_op *op, pop3_status status) {
  memset(result, 0, sizeof(*result));
  result->size = (uint32_t)sizeof(*result);
  result->command = op->command;
  result->op = op->id;
  result->number = op->number;
  result->status = status;
}

void p3_engine_end_op(pop3_engine *engine, p3_op *op, pop3_result *result) {
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

void p3_engine_flush_all(pop3_engine *engine, const pop3_error *error) {
  p3_op *op;
  while ((op = p3_op_pop(&engine->queue)) != NULL) {
    if (!op->detached) {
      pop3_result result;
      p3_engine_result_init(&result, op, error->status);
      result.error = error;
      p3_engine_end_op(engine, op, &result);
    }
    p3_op_free(&engine->queue, op);
  }
}

void p3_engine_set_failed(pop3_engine *engine, const pop3_error *error) {
  if (engine->phase != P3_ENGINE_FAILED) {
    engine->phase = P3_ENGINE_FAILED;
    engine->error = *error;
  }
  p3_auth_response_drop(&engine->response, &engine->allocator);
  if (engine->send.octets != NULL) pop3_wipe(engine->send.octets, engine->limits.send_buffer);
  engine->send.at = engine->send.end = 0;
  engine->paused = 0;
  p3_engine_flush_all(engine, &engine->error);
}

void p3_engine_protocol_error(pop3_engine *engine, pop3_status status, const char *format, ...) {
  char text[POP3_ERROR_TEXT_MAX * 2];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, status, LAYER, 0, "%s", text);
  p3_engine_set_failed(engine, &error);
}

int p3_engine_is_injected(pop3_engine *engine, const char *what) {
  const size_t octets = engine->recv.end - engine->recv.at;
  if (octets == 0) return 0;
  p3_engine_protocol_error(engine, POP3_ERR_INJECTION,
                           "the server sent %zu octets behind its +OK to %s, before encryption: "
                           "someone may be injecting responses",
                           octets, what);
  return 1;
}
