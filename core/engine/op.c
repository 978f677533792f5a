#include "core/engine/op.h"

#include <string.h>

#include "core/base/memory.h"
#include "core/codec/command_table.h"

// Enough for a full pipeline; more would only hold memory after a burst.
#define MAX_SPARE 512

pop3_status p3_sink_copy(pop3_sink *out, const pop3_sink *in, pop3_error *err) {
  const pop3_sink none = POP3_SINK_INIT;
  *out = none;
  if (in == NULL) return POP3_OK;
  if (in->size < offsetof(pop3_sink, body)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, "engine", 0,
                          "sink.size is %u: start from POP3_SINK_INIT", (unsigned)in->size);
  }
  memcpy(out, in, in->size < sizeof(*out) ? in->size : sizeof(*out));
  out->size = (uint32_t)sizeof(*out);
  return POP3_OK;
}

pop3_command p3_op_effective(const p3_op *op) {
  const int is_line = p3_command_has(op->command, P3_COMMAND_LINE);
  return is_line ? p3_command_of_line((const char *)op->line, op->line_len - 2) : op->command;
}

void p3_op_queue_init(p3_op_queue *queue, const pop3_allocator *allocator) {
  memset(queue, 0, sizeof(*queue));
  queue->allocator = allocator;
}

static void drop_line(p3_op_queue *queue, p3_op *op) {
  if (op->line == NULL) return;
  if (op->line_secret < op->line_len) {
    pop3_wipe(op->line + op->line_secret, op->line_len - op->line_secret);
  }
  if (op->line != op->inline_line) p3_mem_free(queue->allocator, op->line);
  op->line = NULL;
}

void p3_op_queue_cleanup(p3_op_queue *queue) {
  p3_op *op;
  while ((op = p3_op_pop(queue)) != NULL) {
    drop_line(queue, op);
    p3_mem_free(queue->allocator, op);
  }
  while (queue->spare != NULL) {
    op = queue->spare;
    queue->spare = op->next;
    p3_mem_free(queue->allocator, op);
  }
  queue->num_spare = 0;
}

p3_op *p3_op_new(p3_op_queue *queue, const uint8_t *line, size_t line_len, size_t line_secret) {
  p3_op *op = queue->spare;
  if (op != NULL) {
    queue->spare = op->next;
    queue->num_spare--;
  } else {
    op = p3_mem_alloc(queue->allocator, sizeof(*op));
    if (op == NULL) return NULL;
  }
  // Everything but the line's octets, which are about to be written.
  memset(op, 0, offsetof(p3_op, inline_line));
  op->line = op->inline_line;
  if (line_len > sizeof(op->inline_line)) {
    op->line = p3_mem_alloc(queue->allocator, line_len);
    if (op->line == NULL) {
      p3_op_free(queue, op);
      return NULL;
    }
  }
  if (line_len > 0) memcpy(op->line, line, line_len);
  op->line_len = line_len;
  op->line_secret = line_secret;
  return op;
}

void p3_op_push(p3_op_queue *queue, p3_op *op) {
  op->next = NULL;
  if (queue->tail != NULL) {
    queue->tail->next = op;
  } else {
    queue->head = op;
  }
  queue->tail = op;
  if (queue->unsent == NULL) queue->unsent = op;
  queue->num_queued++;
}

void p3_op_set_in_flight(p3_op_queue *queue) {
  p3_op *op = queue->unsent;
  queue->unsent = op->next;
  queue->num_in_flight++;
  queue->octets_in_flight += op->line_len;
}

p3_op *p3_op_pop(p3_op_queue *queue) {
  p3_op *op = queue->head;
  if (op == NULL) return NULL;
  queue->head = op->next;
  if (queue->head == NULL) queue->tail = NULL;
  if (queue->unsent == op) {
    queue->unsent = op->next;
  } else {
    queue->num_in_flight--;
    queue->octets_in_flight -= op->line_len;
  }
  queue->num_queued--;
  op->next = NULL;
  return op;
}

void p3_op_remove_unsent(p3_op_queue *queue, p3_op *op) {
  p3_op *before = NULL;
  for (p3_op *at = queue->head; at != op; at = at->next) before = at;
  if (before != NULL) {
    before->next = op->next;
  } else {
    queue->head = op->next;
  }
  if (queue->tail == op) queue->tail = before;
  if (queue->unsent == op) queue->unsent = op->next;
  queue->num_queued--;
  op->next = NULL;
}

p3_op *p3_op_find(const p3_op_queue *queue, pop3_op_id id) {
  for (p3_op *op = queue->head; op != NULL; op = op->next) {
    if (op->id == id) return op->detached ? NULL : op;
  }
  return NULL;
}

int p3_op_in_flight(const p3_op_queue *queue, const p3_op *op) {
  for (const p3_op *at = queue->head; at != queue->unsent; at = at->next) {
    if (at == op) return 1;
  }
  return 0;
}

void p3_op_free(p3_op_queue *queue, p3_op *op) {
  drop_line(queue, op);
  if (queue->num_spare >= MAX_SPARE) {
    p3_mem_free(queue->allocator, op);
    return;
  }
  op->next = queue->spare;
  queue->spare = op;
  queue->num_spare++;
}
