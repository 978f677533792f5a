// What replies mean, command by command.
#include "core/engine/engine_reply.h"

#include <string.h>

#include "core/base/memory.h"
#include "core/codec/capability_parse.h"
#include "core/codec/codec.h"
#include "core/codec/command_table.h"
#include "core/engine/engine_end.h"
#include "core/engine/engine_trace.h"

#define LAYER "engine"

// Makes room for |size| octets of a status line and what is kept behind it. Returns 0 when memory
// ran out.
static int reserve_text(pop3_engine *engine, size_t size) {
  p3_engine_reading *reading = &engine->reading;
  if (size <= reading->text_cap) return 1;
  const size_t cap = (size + 255) / 256 * 256;
  char *grown = p3_mem_alloc(&engine->allocator, cap);
  if (grown == NULL) {
    p3_engine_protocol_error(engine, POP3_ERR_MEMORY, "no memory for a reply's text");
    return 0;
  }
  if (reading->text != NULL) {
    memcpy(grown, reading->text, reading->text_cap);
    reading->reply.text = grown + (reading->reply.text - reading->reply.line);
  }
  p3_engine_drop_text(engine);
  reading->text = grown;
  reading->text_cap = cap;
  reading->reply.line = grown;
  return 1;
}

// Lets |out| be |reply| with the copy of its line at |line|.
static void point_to(pop3_reply *out, const pop3_reply *reply, const char *line) {
  const size_t skip = (size_t)(reply->text - reply->line);
  *out = *reply;
  out->size = (uint32_t)sizeof(*out);
  out->line = line;
  out->text = line + skip;
}

// Keeps a status line beyond the receive buffer. Returns 0 when memory ran out.
static int keep_reply(pop3_engine *engine, const pop3_reply *reply) {
  if (!reserve_text(engine, reply->line_len + 1)) return 0;
  memcpy(engine->reading.text, reply->line, reply->line_len);
  engine->reading.text[reply->line_len] = 0;
  point_to(&engine->reading.reply, reply, engine->reading.text);
  return 1;
}

// Takes the operation at the head out and tells its sink. |result| is complete.
static void finish(pop3_engine *engine, pop3_result *result) {
  engine->mode = P3_MODE_STATUS;
  p3_op *op = p3_op_pop(&engine->queue);
  const int holds = !op->detached && (op->flags & P3_OP_HOLDS) != 0;
  if (!op->detached) p3_engine_end_op(engine, op, result);
  p3_op_free(&engine->queue, op);
  if (holds && engine->phase == P3_ENGINE_OPEN) engine->phase = P3_ENGINE_ANSWERED;
  if (engine->phase == P3_ENGINE_CLOSED && engine->queue.head != NULL) {
    pop3_error error = POP3_ERROR_INIT;
    pop3_error_set(&error, POP3_ERR_STATE, LAYER, 0, "the session ended with QUIT before this");
    p3_engine_flush_all(engine, &error);
  }
}

// The operation fails, but the dialogue is in step: what is left of its response is read and
// dropped.
static void give_up_on(pop3_engine *engine, p3_op *op, const pop3_error *error) {
  if (op->detached) return;
  pop3_result result;
  p3_engine_result_init(&result, op, error->status);
  result.reply = &engine->reading.reply;
  result.error = error;
  result.octets = engine->reading.octets;
  p3_engine_end_op(engine, op, &result);
}

void p3_engine_verdict(pop3_engine *engine, p3_op *op, pop3_sink_verdict verdict) {
  if (op->detached) return;
  if (verdict == POP3_SINK_PAUSE) {
    engine->paused = 1;
  } else if (verdict == POP3_SINK_STOP) {
    pop3_error error = POP3_ERROR_INIT;
    pop3_error_set(&error, POP3_ERR_SINK, LAYER, 0, "the sink of %s stopped the transfer",
                   pop3_command_name(op->command));
    give_up_on(engine, op, &error);
  }
}

static int is_multi_line(const p3_op *op) {
  if (p3_command_has(op->command, P3_COMMAND_MULTI)) return 1;
  return p3_command_has(op->command, P3_COMMAND_MULTI_IF_ALL) && (op->flags & P3_OP_LISTS) != 0;
}

static int is_body(const p3_op *op) {
  return p3_command_has(op->command, P3_COMMAND_BODY) ||
         (op->command == POP3_CMD_RAW_MULTI && (op->flags & POP3_REQUEST_RAW_BODY) != 0);
}

// Stands for what a server said that repeated a secret.
static const char kHidden[] = "(not shown: the server repeated the secret)";

static void on_greeting(pop3_engine *engine, const pop3_reply *reply) {
  engine->mode = P3_MODE_STATUS;
  char *line = p3_mem_strdup(&engine->allocator, reply->line, reply->line_len);
  if (line == NULL) {
    p3_engine_protocol_error(engine, POP3_ERR_MEMORY, "no memory for the greeting");
    return;
  }
  // There may have been a connection before (p3_engine_restart), whose greeting was handed out.
  engine->server.first_greeting_text = engine->server.greeting_text;
  engine->server.greeting_text = line;
  point_to(&engine->server.greeting, reply, line);
  const char *text = engine->server.greeting.text;
  if (reply->positive) {
    if (!p3_timestamp_find(text, reply->text_len, &engine->quirks, &engine->server.timestamp,
                           &engine->server.timestamp_len)) {
      engine->server.timestamp = NULL;
      engine->server.timestamp_len = 0;
    }
    return;
  }
  // RFC 1939 knows no such greeting, but servers that are busy send it and hang up.
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_REFUSED, LAYER, 0, "%s",
                 reply->text_len > 0 ? text : "the server refused the connection");
  error.code = reply->code;
  p3_engine_set_failed(engine, &error);
}

// Whether the server ends the dialogue behind its answer. Where a mechanism has sent QUIT, that the
// connection is gone will end its login.
static int is_quit(const p3_op *op) {
  return p3_op_effective(op) == POP3_CMD_QUIT && (op->flags & P3_OP_HOLDS) == 0;
}

// Whether +OK means that the client is logged in. A raw AUTH has no arguments, and only lists.
static int logs_in(const p3_op *op) {
  const pop3_command command = p3_op_effective(op);
  return p3_command_has(command, P3_COMMAND_LOGS_IN) &&
         (command != POP3_CMD_AUTH || op->command == POP3_CMD_AUTH);
}

// Says what became of |op| where the server's words would show its secret.
static void set_hidden(pop3_error *error, pop3_status status, const p3_op *op, int echo) {
  const char *name = pop3_command_name(p3_op_effective(op));
  const char *why = echo ? "they repeat the secret that was sent" : "they are part of a login";
  if (status == POP3_REFUSED) {
    pop3_error_set(error, status, LAYER, 0, "%s was refused with words that are not shown: %s",
                   name, why);
    return;
  }
  pop3_error_set(error, status, LAYER, 0,
                 "the answer to %s is no POP3 reply; its words are not shown: %s", name, why);
}

static void on_negative(pop3_engine *engine, p3_op *op, int echo) {
  const pop3_reply *reply = &engine->reading.reply;
  pop3_error error = POP3_ERROR_INIT;
  if (echo) {
    set_hidden(&error, POP3_REFUSED, op, echo);
  } else {
    pop3_error_set(&error, POP3_REFUSED, LAYER, 0, "%s",
                   reply->text_len > 0 ? reply->text : "-ERR without a reason");
  }
  error.code = engine->reading.reply.code;
  pop3_result result;
  p3_engine_result_init(&result, op, POP3_REFUSED);
  result.reply = reply;
  result.error = &error;
  if (op->command == POP3_CMD_CAPA) engine->server.refused_capa = 1;
  if (is_quit(op)) {
    result.quit = POP3_QUIT_REFUSED;
    engine->phase = P3_ENGINE_CLOSED;
  }
  finish(engine, &result);
}

// LIST n, UIDL n, STAT, LAST: the text of the status line is the answer.
static pop3_status parse_single(pop3_engine *engine, const p3_op *op, pop3_result *result,
                                pop3_item *item, pop3_error *error) {
  const char *text = engine->reading.reply.text;
  const size_t len = engine->reading.reply.text_len;
  pop3_status status = POP3_OK;
  if (op->command == POP3_CMD_STAT) {
    return p3_stat_parse(&result->count, &result->octets, text, len, &engine->quirks, error);
  }
  if (op->command == POP3_CMD_LAST) return p3_last_parse(&result->number, text, len, error);
  if (op->command == POP3_CMD_LIST) {
    status = p3_scan_parse(item, text, len, &engine->quirks, error);
  } else {
    status = p3_unique_id_parse(item, text, len, op->number, &engine->quirks, error);
  }
  if (status == POP3_OK && item->number != op->number) {
    status = pop3_error_set(
        error, POP3_ERR_PROTOCOL, LAYER, 0, "%s %u: the server answered for message %u",
        pop3_command_name(op->command), (unsigned)op->number, (unsigned)item->number);
  }
  if (status != POP3_OK) return status;
  result->octets = item->octets;
  result->text = item->text;
  result->text_len = item->text_len;
  return POP3_OK;
}

static void begin_lines(pop3_engine *engine, p3_op *op) {
  engine->reading.octets = 0;
  engine->reading.items = 0;
  memset(&engine->reading.last_item, 0, sizeof(engine->reading.last_item));
  if (is_body(op)) {
    engine->mode = P3_MODE_BODY;
    p3_dot_init(&engine->reading.dot,
                (engine->quirks.enabled & POP3_QUIRK_BIT(POP3_QUIRK_BARE_LF)) != 0);
    return;
  }
  engine->mode = P3_MODE_LINES;
  if (op->command == POP3_CMD_CAPA) {
    p3_capabilities_cleanup(&engine->reading.building);
    p3_capabilities_init(&engine->reading.building, &engine->allocator);
  }
}

static void on_positive_single(pop3_engine *engine, p3_op *op) {
  pop3_result result;
  pop3_error error = POP3_ERROR_INIT;
  pop3_item item;
  memset(&item, 0, sizeof(item));
  p3_engine_result_init(&result, op, POP3_OK);
  result.reply = &engine->reading.reply;
  if (p3_command_has(op->command, P3_COMMAND_STATUS)) {
    result.status = parse_single(engine, op, &result, &item, &error);
    if (result.status != POP3_OK && op->number != 0 &&
        (engine->quirks.enabled & POP3_QUIRK_BIT(POP3_QUIRK_LIST_ONE_MULTILINE)) != 0) {
      engine->quirks.hits[POP3_QUIRK_LIST_ONE_MULTILINE]++;
      begin_lines(engine, op);
      return;
    }
    if (result.status != POP3_OK) result.error = &error;
  }
  if (logs_in(op)) engine->server.authenticated = 1;
  if (is_quit(op)) {
    result.quit = POP3_QUIT_COMMITTED;
    engine->phase = P3_ENGINE_CLOSED;
  }
  if (op->command == POP3_CMD_STLS) {
    if (p3_engine_is_injected(engine, "STLS")) return;
    engine->phase = P3_ENGINE_UPGRADING;
  }
  finish(engine, &result);
}

static void on_challenge(pop3_engine *engine, p3_op *op, size_t line_len, const char *text,
                         size_t text_len) {
  if (p3_auth_response_is_due(&engine->response)) {
    p3_engine_protocol_error(engine, POP3_ERR_PROTOCOL,
                             "a challenge before the one before it was answered");
    return;
  }
  if (line_len + 2 > engine->limits.max_auth_line) {
    p3_engine_protocol_error(engine, POP3_ERR_LIMIT,
                             "a challenge of %zu octets: %u are allowed (limit max_auth_line)",
                             line_len + 2, (unsigned)engine->limits.max_auth_line);
    return;
  }
  if (++engine->reading.auth_rounds > engine->limits.max_auth_rounds) {
    p3_engine_protocol_error(engine, POP3_ERR_LIMIT,
                             "more than %u challenges to one AUTH (limit max_auth_rounds)",
                             (unsigned)engine->limits.max_auth_rounds);
    return;
  }
  engine->mode = P3_MODE_CHALLENGED;
  if (op->detached || engine->options.challenge == NULL) {
    (void)pop3_engine_respond(engine, (const uint8_t *)"*", 1, NULL);
    return;
  }
  engine->depth++;
  engine->options.challenge(engine->options.challenge_arg, op->id, text, text_len);
  engine->depth--;
}

// "+OK" can only be meant as a challenge (POP3_QUIRK_AUTH_PLUS) before anything of substance was
// sent.
static int may_be_first_challenge(const pop3_engine *engine, const p3_op *op) {
  return engine->reading.auth_rounds == 0 && op->line_secret >= op->line_len;
}

void p3_engine_on_status(pop3_engine *engine, const char *line, size_t line_len, int echo) {
  p3_op *op = engine->mode == P3_MODE_GREETING ? NULL : engine->queue.head;
  const int in_exchange = p3_engine_in_exchange(engine);
  p3_engine_trace(engine, POP3_TRACE_REPLY, line, line_len,
                  echo          ? 0
                  : in_exchange ? p3_engine_harmless(line, line_len)
                                : line_len);
  const char *text;
  size_t text_len;
  if (op != NULL && op->command == POP3_CMD_AUTH &&
      p3_challenge_parse(line, line_len, may_be_first_challenge(engine, op), &engine->quirks, &text,
                         &text_len)) {
    on_challenge(engine, op, line_len, text, text_len);
    return;
  }
  pop3_reply reply;
  memset(&reply, 0, sizeof(reply));
  pop3_error error = POP3_ERROR_INIT;
  const pop3_status status = p3_reply_parse(&reply, line, line_len, &engine->quirks, &error);
  if (status != POP3_OK) {
    if (op == NULL) error.status = POP3_ERR_GREETING;
    if (echo || in_exchange) set_hidden(&error, status, op, echo);
    p3_engine_set_failed(engine, &error);
    return;
  }
  if (echo) {
    reply.line = reply.text = kHidden;
    reply.line_len = reply.text_len = sizeof(kHidden) - 1;
  }
  if (!keep_reply(engine, &reply)) return;
  if (op == NULL) {
    on_greeting(engine, &engine->reading.reply);
    return;
  }
  engine->reading.auth_rounds = 0;
  if (!reply.positive) {
    on_negative(engine, op, echo);
  } else if (is_multi_line(op)) {
    begin_lines(engine, op);
  } else {
    on_positive_single(engine, op);
  }
}

// Reads a line of a listing into |item|.
static pop3_status parse_item(pop3_engine *engine, const p3_op *op, pop3_item *item,
                              const char *line, size_t line_len, pop3_error *error) {
  memset(item, 0, sizeof(*item));
  item->size = (uint32_t)sizeof(*item);
  pop3_status status = POP3_OK;
  switch (op->command) {
    case POP3_CMD_LIST:
      status = p3_scan_parse(item, line, line_len, &engine->quirks, error);
      item->kind = POP3_ITEM_SCAN;
      break;
    case POP3_CMD_UIDL:
      status = p3_unique_id_parse(item, line, line_len, op->number, &engine->quirks, error);
      item->kind = POP3_ITEM_UNIQUE_ID;
      break;
    case POP3_CMD_LANG:
      status = p3_language_parse(item, line, line_len, error);
      item->kind = POP3_ITEM_LANGUAGE;
      break;
    case POP3_CMD_CAPA:
      status = p3_capabilities_add(&engine->reading.building, line, line_len, &engine->limits,
                                   &engine->quirks, error);
      item->kind = POP3_ITEM_CAPABILITY;
      item->text = line;
      item->text_len = line_len;
      break;
    default:
      item->kind = POP3_ITEM_LINE;
      item->text = line;
      item->text_len = line_len;
      break;
  }
  item->size = (uint32_t)sizeof(*item);
  item->line = line;
  item->line_len = line_len;
  return status;
}

void p3_engine_on_line(pop3_engine *engine, const char *line, size_t line_len, size_t end_len) {
  p3_op *op = engine->queue.head;
  // CAPA has limits of its own.
  if (op->command != POP3_CMD_CAPA && ++engine->reading.items > engine->limits.max_items) {
    p3_engine_protocol_error(engine, POP3_ERR_LIMIT,
                             "the response to %s has more than %u lines (limit max_items)",
                             pop3_command_name(op->command), (unsigned)engine->limits.max_items);
    return;
  }
  // Even for an operation that nobody waits for: a CAPA without end must hit its limit.
  if (op->detached && op->command != POP3_CMD_CAPA) return;
  pop3_item item;
  pop3_error error = POP3_ERROR_INIT;
  const pop3_status status = parse_item(engine, op, &item, line, line_len, &error);
  if (status == POP3_ERR_LIMIT || status == POP3_ERR_MEMORY) {
    p3_engine_set_failed(engine, &error);
    return;
  }
  if (status != POP3_OK) {
    give_up_on(engine, op, &error);
    return;
  }
  item.line_end_len = (uint32_t)end_len;
  if (op->number != 0 && item.number == op->number) {
    engine->reading.last_item.number = item.number;
    engine->reading.last_item.octets = item.octets;
    engine->reading.last_item.text_len = item.text_len;
    if (op->command == POP3_CMD_UIDL) {
      // One at the most, so it is kept behind the status line's text.
      const size_t at = engine->reading.reply.line_len + 1;
      if (!reserve_text(engine, at + item.text_len)) return;
      memcpy(engine->reading.text + at, item.text, item.text_len);
    }
  }
  if (op->detached || op->sink.item == NULL || op->number != 0) return;
  engine->depth++;
  const pop3_sink_verdict verdict = op->sink.item(op->sink.arg, &item);
  engine->depth--;
  if (engine->phase != P3_ENGINE_FAILED) p3_engine_verdict(engine, op, verdict);
}

static pop3_status end_capa(pop3_engine *engine, pop3_error *error) {
  const pop3_status status = p3_capabilities_finish(&engine->reading.building, error);
  if (status != POP3_OK) return status;
  p3_capabilities_cleanup(&engine->server.capabilities);
  engine->server.capabilities = engine->reading.building;
  engine->server.has_capabilities = 1;
  p3_capabilities_init(&engine->reading.building, &engine->allocator);
  return POP3_OK;
}

void p3_engine_on_end(pop3_engine *engine) {
  p3_op *op = engine->queue.head;
  pop3_result result;
  pop3_error error = POP3_ERROR_INIT;
  p3_engine_result_init(&result, op, POP3_OK);
  result.reply = &engine->reading.reply;
  result.octets = engine->reading.octets;
  if (op->command == POP3_CMD_CAPA && !op->detached) {
    result.status = end_capa(engine, &error);
    if (result.status == POP3_ERR_MEMORY) {
      p3_engine_set_failed(engine, &error);
      return;
    }
    result.capabilities = &engine->server.capabilities;
  } else if (op->number != 0 && (op->command == POP3_CMD_LIST || op->command == POP3_CMD_UIDL)) {
    // LIST n answered in several lines.
    result.octets = engine->reading.last_item.octets;
    if (engine->reading.last_item.number != op->number) {
      result.status = pop3_error_set(&error, POP3_ERR_PROTOCOL, LAYER, 0,
                                     "the response to %s %u does not name the message",
                                     pop3_command_name(op->command), (unsigned)op->number);
    } else if (op->command == POP3_CMD_UIDL) {
      result.text = engine->reading.text + engine->reading.reply.line_len + 1;
      result.text_len = engine->reading.last_item.text_len;
    }
  }
  if (result.status != POP3_OK) result.error = &error;
  finish(engine, &result);
}
