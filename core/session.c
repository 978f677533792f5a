#include <pop3/session.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/codec.h"
#include "core/memory.h"
#include "core/session_private.h"

#define LAYER "session"

// --- What the engine and the transports call
// ------------------------------------------------------

int64_t pop3_session_now(const pop3_session *session) {
  return session->clock_ms != NULL ? session->clock_ms(session->clock_arg) : pop3_monotonic_ms();
}

static void trace_thunk(void *arg, const pop3_trace_event *event) {
  pop3_session *session = arg;
  pop3_trace_event timed = *event;
  timed.time_ms = pop3_session_now(session);
  if (session->trace != NULL) {
    session->trace(session->trace_arg, &timed);
  } else {
    pop3_trace_to_file(stderr, &timed);
  }
}

static void note_text(pop3_session *session, const char *format, va_list args) {
  if (session->debug_level < 1) return;
  char text[POP3_ERROR_TEXT_MAX];
  vsnprintf(text, sizeof(text), format, args);
  pop3_engine_trace(session->engine, POP3_TRACE_NOTE, text, strlen(text), strlen(text));
}

void pop3_session_note(pop3_session *session, const char *format, ...) {
  va_list args;
  va_start(args, format);
  note_text(session, format, args);
  va_end(args);
}

static void host_note(void *ctx, const char *format, ...) {
  va_list args;
  va_start(args, format);
  note_text(ctx, format, args);
  va_end(args);
}

static void *host_alloc(void *ctx, size_t size) {
  const pop3_session *session = ctx;
  return pop3_mem_alloc(&session->allocator, size);
}

static void *host_resize(void *ctx, void *ptr, size_t size) {
  const pop3_session *session = ctx;
  return session->allocator.resize(session->allocator.ctx, ptr, size);
}

static void host_release(void *ctx, void *ptr) {
  const pop3_session *session = ctx;
  pop3_mem_free(&session->allocator, ptr);
}

static void host_wipe(void *ctx, void *ptr, size_t len) {
  (void)ctx;
  pop3_wipe(ptr, len);
}

static int64_t host_now(void *ctx) { return pop3_session_now(ctx); }

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

// --- Making one
// -----------------------------------------------------------------------------------

static pop3_status no_memory(pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a session");
}

static pop3_status check_options(const pop3_session_options *options, pop3_error *err) {
  const struct {
    int64_t ms;
    const char *name;
  } limits[] = {{options->connect_ms, "connect_ms"},
                {options->idle_ms, "idle_ms"},
                {options->login_ms, "login_ms"},
                {options->total_ms, "total_ms"}};
  for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
    if (limits[i].ms > 0 || limits[i].ms == POP3_NO_TIMEOUT) continue;
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "%s is %lld: it must be positive, or POP3_NO_TIMEOUT for none",
                          limits[i].name, (long long)limits[i].ms);
  }
  if (options->num_transports == 0 || options->transports == NULL) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "no transports are named");
  }
  if (options->port > 65535) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "port %u is above 65535",
                          (unsigned)options->port);
  }
  if (options->tls < POP3_TLS_DEFAULT || options->tls > POP3_TLS_NEVER) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "tls is %d: no such policy",
                          (int)options->tls);
  }
  if (options->channel_binding < POP3_CHANNEL_BINDING_PREFER ||
      options->channel_binding > POP3_CHANNEL_BINDING_NEVER) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "channel_binding is %d: no such policy",
                          (int)options->channel_binding);
  }
  if (options->debug_level > 2) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "debug_level %u: 0, 1 and 2 exist",
                          (unsigned)options->debug_level);
  }
  return POP3_OK;
}

static pop3_status find_transports(pop3_session *session, const pop3_session_options *options,
                                   pop3_error *err) {
  if (options->num_transports > session->limits.max_layers) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "%zu transports on each other: %u are allowed (limit max_layers)",
                          options->num_transports, (unsigned)session->limits.max_layers);
  }
  for (size_t i = 0; i < options->num_transports; i++) {
    const char *name = options->transports[i];
    const pop3_transport_ops *ops =
        name != NULL ? pop3_registry_transport(session->registry, name) : NULL;
    if (ops == NULL) {
      return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0,
                            "transport \"%s\" is not in the registry of this program",
                            name != NULL ? name : "");
    }
    session->transports[session->num_transports++] = ops;
  }
  return POP3_OK;
}

// The transport of "tcp.nodelay" must exist; whether it knows "nodelay" it says itself.
static int names_transport(const pop3_registry *registry, const char *name) {
  const char *dot = strchr(name, '.');
  const pop3_transport_ops *ops;
  for (size_t i = 0; dot != NULL && (ops = pop3_registry_transport_at(registry, i)) != NULL; i++) {
    const size_t len = strlen(ops->name);
    if ((size_t)(dot - name) == len && memcmp(name, ops->name, len) == 0) return 1;
  }
  return 0;
}

static pop3_status copy_options(pop3_session *session, const pop3_session_options *options,
                                pop3_error *err) {
  // One more, for session_again.c.
  session->options =
      pop3_mem_zalloc(&session->allocator, options->num_options + 1, sizeof(*session->options));
  if (session->options == NULL) return no_memory(err);
  for (size_t i = 0; i < options->num_options; i++) {
    const pop3_option *in = &options->options[i];
    pop3_option *out = &session->options[session->num_options++];
    if (in->name == NULL || !names_transport(session->registry, in->name)) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "option \"%s\" does not begin with a transport of the registry",
                            in->name != NULL ? in->name : "");
    }
    out->number = in->number;
    out->object = in->object;
    out->name = pop3_mem_strdup(&session->allocator, in->name, strlen(in->name));
    if (out->name == NULL) return no_memory(err);
    if (in->text == NULL) continue;
    out->text = pop3_mem_strdup(&session->allocator, in->text, strlen(in->text));
    if (out->text == NULL) return no_memory(err);
  }
  return POP3_OK;
}

static pop3_status copy_text(const pop3_session *session, char **out, const char *in,
                             pop3_error *err) {
  if (in == NULL) return POP3_OK;
  *out = pop3_mem_strdup(&session->allocator, in, strlen(in));
  return *out != NULL ? POP3_OK : no_memory(err);
}

static pop3_status copy_strings(pop3_session *session, const pop3_session_options *options,
                                pop3_error *err) {
  pop3_status status = copy_text(session, &session->host, options->host, err);
  if (status == POP3_OK) status = copy_text(session, &session->user, options->user, err);
  if (status == POP3_OK) status = copy_text(session, &session->mechanism, options->mechanism, err);
  if (status == POP3_OK && options->password != NULL &&
      !pop3_secret_set(&session->password, options->password, strlen(options->password))) {
    status = no_memory(err);
  }
  if (status == POP3_OK && options->token != NULL &&
      !pop3_secret_set(&session->token, options->token, strlen(options->token))) {
    status = no_memory(err);
  }
  return status;
}

static pop3_status make_engine(pop3_session *session, const pop3_session_options *options,
                               pop3_error *err) {
  pop3_engine_options engine = POP3_ENGINE_OPTIONS_INIT;
  engine.pipelining = options->pipelining;
  engine.allocator = &session->allocator;
  engine.limits = &session->limits;
  engine.quirks = options->quirks;
  engine.debug_level = options->debug_level;
  engine.trace = trace_thunk;
  engine.trace_arg = session;
  engine.audit = options->audit;
  engine.audit_arg = options->audit_arg;
  engine.gate = pop3_session_gate;
  engine.gate_arg = session;
  engine.challenge = pop3_session_challenge;
  engine.challenge_arg = session;
  return pop3_engine_new(&session->engine, &engine, err);
}

static void copy_plain(pop3_session *session, const pop3_session_options *options) {
  session->port = options->port;
  session->credential = options->credential;
  session->credential_arg = options->credential_arg;
  session->connect_ms = options->connect_ms;
  session->idle_ms = options->idle_ms;
  session->login_ms = options->login_ms;
  session->total_ms = options->total_ms;
  session->allow_cleartext = options->allow_cleartext != 0;
  session->tls = options->tls;
  session->credential_kinds = options->credential_kinds;
  session->auth_floor = options->auth_floor;
  session->auth_two_step = options->auth_two_step;
  session->channel_binding = options->channel_binding;
  session->debug_level = options->debug_level;
  session->trace = options->trace;
  session->trace_arg = options->trace_arg;
  session->audit = options->audit;
  session->audit_arg = options->audit_arg;
  session->clock_ms = options->clock_ms;
  session->clock_arg = options->clock_arg;
}

static void init_parts(pop3_session *session) {
  pop3_secret_init(&session->password, &session->allocator);
  pop3_secret_init(&session->token, &session->allocator);
  for (size_t i = 0; i < POP3_NUM_CREDENTIALS; i++) {
    pop3_secret_init(&session->login.credentials[i], &session->allocator);
  }
  pop3_waker_init(&session->waker);
  const pop3_host host = {POP3_ABI,    (uint32_t)sizeof(pop3_host),
                          session,     host_alloc,
                          host_resize, host_release,
                          host_wipe,   host_now,
                          host_fail,   host_note};
  session->host_table = host;
}

// An option may be a password, of a proxy for example.
static void wipe_text(const pop3_allocator *allocator, const char *text) {
  if (text == NULL) return;
  pop3_wipe((void *)(uintptr_t)text, strlen(text));
  pop3_mem_free(allocator, (void *)(uintptr_t)text);
}

static void destroy(pop3_session *session) {
  pop3_login_wipe(session);
  pop3_session_release_layer(session);
  pop3_layers_destroy(&session->layers);
  pop3_engine_free(session->engine);
  pop3_waker_cleanup(&session->waker);
  pop3_secret_cleanup(&session->password);
  pop3_secret_cleanup(&session->token);
  const pop3_allocator allocator = session->allocator;
  for (size_t i = 0; i < session->num_options; i++) {
    pop3_mem_free(&allocator, (void *)(uintptr_t)session->options[i].name);
    wipe_text(&allocator, session->options[i].text);
  }
  pop3_mem_free(&allocator, session->options);
  pop3_mem_free(&allocator, session->host);
  pop3_mem_free(&allocator, session->user);
  pop3_mem_free(&allocator, session->mechanism);
  pop3_mem_free(&allocator, session->logged_in_with);
  pop3_mem_free(&allocator, session->choices);
  pop3_mem_free(&allocator, session->detail);
  pop3_mem_free(&allocator, session);
}

// Copies what |in| has of the options. Without a size none of them would count, silently.
static pop3_status take_options(pop3_session_options *out, const pop3_session_options *in,
                                pop3_error *err) {
  if (in == NULL || in->size < offsetof(pop3_session_options, options)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "a session needs options with their size: start from "
                          "POP3_SESSION_OPTIONS_INIT");
  }
  memcpy(out, in, in->size < sizeof(*out) ? in->size : sizeof(*out));
  out->size = (uint32_t)sizeof(*out);
  return POP3_OK;
}

pop3_status pop3_session_new(pop3_session **out, const pop3_registry *registry,
                             const pop3_session_options *options, pop3_error *err) {
  *out = NULL;
  if (registry == NULL) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "a session needs a registry");
  }
  pop3_session_options opts = POP3_SESSION_OPTIONS_INIT;
  pop3_status status = take_options(&opts, options, err);
  if (status == POP3_OK) status = check_options(&opts, err);
  if (status != POP3_OK) return status;
  pop3_limits limits;
  status = pop3_limits_resolve(&limits, opts.limits, err);
  if (status != POP3_OK) return status;
  pop3_allocator allocator;
  pop3_allocator_resolve(&allocator, opts.allocator);
  pop3_session *session = pop3_mem_zalloc(&allocator, 1, sizeof(*session));
  if (session == NULL) return no_memory(err);
  session->allocator = allocator;
  session->registry = registry;
  session->limits = limits;
  init_parts(session);
  copy_plain(session, &opts);
  status = find_transports(session, &opts, err);
  if (status == POP3_OK) status = copy_options(session, &opts, err);
  if (status == POP3_OK) status = copy_strings(session, &opts, err);
  if (status == POP3_OK) status = make_engine(session, &opts, err);
  if (status != POP3_OK) {
    destroy(session);
    return status;
  }
  *out = session;
  return POP3_OK;
}

pop3_status pop3_session_new_url(pop3_session **out, const pop3_registry *registry,
                                 const pop3_url *url, const pop3_session_options *options,
                                 pop3_error *err) {
  static const char *const kTcp[] = {"tcp", "tls"};
  static const char *const kUnix[] = {"unix"};
  *out = NULL;
  pop3_session_options opts = POP3_SESSION_OPTIONS_INIT;
  const pop3_status status = options != NULL ? take_options(&opts, options, err) : POP3_OK;
  if (status != POP3_OK) return status;
  const int is_unix = url->scheme == POP3_URL_UNIX;
  opts.transports = is_unix ? kUnix : kTcp;
  opts.num_transports = url->scheme == POP3_URL_POP3S ? 2 : 1;
  opts.host = is_unix ? url->path : url->host;
  opts.port = url->port;
  if (url->user != NULL) opts.user = url->user;
  if (url->auth != NULL) opts.mechanism = url->auth;
  if (url->password.data != NULL) opts.password = (const char *)url->password.data;
  return pop3_session_new(out, registry, &opts, err);
}

// --- Ending one
// -----------------------------------------------------------------------------------

void pop3_session_free(pop3_session *session) {
  if (session == NULL) return;
  if (session->held > 0) {
    session->free_requested = 1;
    return;
  }
  // The sinks run now, and may call again: they must find a session that is closed but there.
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_ERR_CANCELLED, LAYER, 0, "the session was freed");
  session->held = 1;
  pop3_session_fail(session, &error);
  destroy(session);
}

void pop3_session_hold(pop3_session *session) { session->held++; }

int pop3_session_release(pop3_session *session) {
  if (--session->held > 0 || !session->free_requested) return 1;
  pop3_session_free(session);
  return 0;
}

void pop3_session_fail(pop3_session *session, const pop3_error *error) {
  if (session->state == POP3_SESSION_FAILED) return;
  const int was_stepping = session->stepping;
  session->stepping = 1;  // the callbacks below must not block
  if (session->state == POP3_SESSION_CLOSED) {
    pop3_engine_fail(session->engine, error);
    pop3_login_abort(session, error);
    session->stepping = was_stepping;
    return;
  }
  session->state = POP3_SESSION_FAILED;
  session->error = *error;
  pop3_session_hold(session);
  pop3_session_note(session, "failed: %s", error->text);
  pop3_engine_fail(session->engine, &session->error);
  pop3_login_abort(session, &session->error);
  pop3_layers_destroy(&session->layers);
  session->held--;  // whoever holds the session frees it
  session->stepping = was_stepping;
}

void pop3_session_failf(pop3_session *session, pop3_status status, const char *format, ...) {
  char text[POP3_ERROR_TEXT_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, status, LAYER, 0, "%s", text);
  pop3_session_fail(session, &error);
}

void pop3_cancel(pop3_session *session) {
  __atomic_store_n(&session->cancelled, 1, __ATOMIC_SEQ_CST);
  pop3_waker_wake(&session->waker);
}

// --- Looking at one
// -------------------------------------------------------------------------------

const pop3_error *pop3_session_error(const pop3_session *session) {
  return session->state == POP3_SESSION_FAILED ? &session->error : NULL;
}

const pop3_reply *pop3_session_reply(const pop3_session *session) {
  const pop3_engine *engine = session->engine;
  if (engine->reply_text != NULL) return &engine->reply;
  return pop3_engine_greeting(engine);
}

const pop3_engine *pop3_session_engine(const pop3_session *session) { return session->engine; }

pop3_status pop3_session_query(const pop3_session *session, uint32_t what, pop3_answer *out) {
  return pop3_layers_query(&session->layers, what, out);
}

void pop3_set_debuglevel(pop3_session *session, uint32_t level) {
  session->debug_level = level > 2 ? 2 : level;
  pop3_engine_set_debug_level(session->engine, session->debug_level);
}

const char *pop3_session_mechanism(const pop3_session *session) { return session->logged_in_with; }
