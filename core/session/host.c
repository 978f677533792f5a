#include "core/session/host.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/memory.h"

int64_t p3_session_now(const pop3_session *session) {
  const p3_session_hooks *hooks = &session->config.hooks;
  return hooks->clock_ms != NULL ? hooks->clock_ms(hooks->clock_arg) : p3_monotonic_ms();
}

void p3_session_trace(void *arg, const pop3_trace_event *event) {
  const pop3_session *session = arg;
  const p3_session_hooks *hooks = &session->config.hooks;
  pop3_trace_event timed = *event;
  timed.time_ms = p3_session_now(session);
  if (hooks->trace != NULL) {
    hooks->trace(hooks->trace_arg, &timed);
  } else {
    pop3_trace_to_file(stderr, &timed);
  }
}

static void note_text(pop3_session *session, const char *format, va_list args) {
  if (session->debug_level < 1) return;
  char text[POP3_ERROR_TEXT_MAX];
  vsnprintf(text, sizeof(text), format, args);
  p3_engine_note(session->engine, text);
}

void p3_session_note(pop3_session *session, const char *format, ...) {
  va_list args;
  va_start(args, format);
  note_text(session, format, args);
  va_end(args);
}

// --- The host table

static void host_note(void *ctx, const char *format, ...) {
  va_list args;
  va_start(args, format);
  note_text(ctx, format, args);
  va_end(args);
}

static void *host_alloc(void *ctx, size_t size) {
  const pop3_session *session = ctx;
  return p3_mem_alloc(&session->config.allocator, size);
}

static void *host_resize(void *ctx, void *ptr, size_t size) {
  const pop3_session *session = ctx;
  return session->config.allocator.resize(session->config.allocator.ctx, ptr, size);
}

static void host_release(void *ctx, void *ptr) {
  const pop3_session *session = ctx;
  p3_mem_free(&session->config.allocator, ptr);
}

static void host_wipe(void *ctx, void *ptr, size_t len) {
  (void)ctx;
  pop3_wipe(ptr, len);
}

static int64_t host_now(void *ctx) { return p3_session_now(ctx); }

static pop3_status host_fail(void *ctx, pop3_error *err, pop3_status status, const char *layer,
                             int sys_errno, int64_t lib_code, const char *format, ...) {
  (void)ctx;
  char text[POP3_ERROR_TEXT_MAX * 2];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  pop3_error_set(err, status, layer, sys_errno, "%s", text);
  if (err != NULL) err->lib_code = lib_code;
  return status;
}

void p3_session_host_init(pop3_session *session) {
  const pop3_host host = {POP3_ABI,    (uint32_t)sizeof(pop3_host),
                          session,     host_alloc,
                          host_resize, host_release,
                          host_wipe,   host_now,
                          host_fail,   host_note};
  session->host = host;
}
