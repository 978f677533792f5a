#include "core/session/session_state.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/registry/registry.h"
#include "core/session/ending.h"
#include "core/session/host.h"
#include "core/session/security.h"
#include "core/session/session_login.h"

#define LAYER "session"

// --- Making one

static pop3_status make_engine(pop3_session *session, const pop3_session_options *options,
                               pop3_error *err) {
  pop3_engine_options engine = POP3_ENGINE_OPTIONS_INIT;
  engine.pipelining = options->pipelining;
  engine.allocator = &session->config.allocator;
  engine.limits = &session->config.limits;
  engine.quirks = options->quirks;
  engine.debug_level = options->debug_level;
  engine.trace = p3_session_trace;
  engine.trace_arg = session;
  engine.audit = options->audit;
  engine.audit_arg = options->audit_arg;
  engine.gate = p3_session_gate;
  engine.gate_arg = session;
  engine.challenge = p3_session_challenge;
  engine.challenge_arg = session;
  return pop3_engine_new(&session->engine, &engine, err);
}

static void make_channel(pop3_session *session) {
  const p3_session_config *config = &session->config;
  const p3_channel_plan plan = {&config->allocator,
                                &session->host,
                                config->host,
                                config->port,
                                config->limits.max_layers,
                                config->transports,
                                config->num_transports,
                                &session->settings.options};
  p3_channel_init(&session->channel, &plan);
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
  p3_error_reset(err);
  *out = NULL;
  if (registry == NULL) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "a session needs a registry");
  }
  pop3_session_options opts = POP3_SESSION_OPTIONS_INIT;
  pop3_status status = take_options(&opts, options, err);
  if (status != POP3_OK) return status;
  pop3_allocator allocator;
  p3_allocator_resolve(&allocator, opts.allocator);
  pop3_session *session = p3_mem_zalloc(&allocator, 1, sizeof(*session));
  if (session == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a session");
  }
  status = p3_session_config_init(&session->config, registry, &opts, err);
  if (status == POP3_OK) {
    status = p3_settings_init(&session->settings, registry, &opts, &session->config.allocator, err);
    if (status != POP3_OK) p3_session_config_cleanup(&session->config);
  }
  if (status != POP3_OK) {
    p3_mem_free(&allocator, session);
    return status;
  }
  session->registry = registry;
  session->debug_level = opts.debug_level;
  session->user_data = opts.user_data;
  p3_waker_init(&session->waker);
  p3_session_host_init(session);
  make_channel(session);
  p3_login_init(&session->login, &session->config.login, &session->host,
                &session->config.allocator);
  status = make_engine(session, &opts, err);
  if (status != POP3_OK) {
    p3_session_destroy(session);
    return status;
  }
  *out = session;
  return POP3_OK;
}

static int encrypts(const pop3_registry *registry, const char *name) {
  const pop3_transport_ops *ops =
      registry != NULL && name != NULL ? pop3_registry_transport(registry, name) : NULL;
  return ops != NULL && (ops->flags & POP3_TRANSPORT_ENCRYPTS) != 0;
}

// What pop3s:// puts on top: the registry's own, under whatever name. Where it has none, the error
// that says so names the usual one.
static const char *encrypting_name(const pop3_registry *registry) {
  const pop3_transport_ops *ops = registry != NULL ? p3_registry_encrypting(registry) : NULL;
  return ops != NULL ? ops->name : "tls";
}

pop3_status pop3_session_new_url(pop3_session **out, const pop3_registry *registry,
                                 const pop3_url *url, const pop3_session_options *options,
                                 pop3_error *err) {
  p3_error_reset(err);
  const char *names[P3_LAYERS_MAX + 1];
  *out = NULL;
  pop3_session_options opts = POP3_SESSION_OPTIONS_INIT;
  const pop3_status status = options != NULL ? take_options(&opts, options, err) : POP3_OK;
  if (status != POP3_OK) return status;
  const int is_unix = url->scheme == POP3_URL_UNIX;
  size_t count = 0;
  int has_tls = 0;
  for (; count < opts.num_transports && count < P3_LAYERS_MAX; count++) {
    names[count] = opts.transports[count];
    has_tls = has_tls || encrypts(registry, names[count]);
  }
  if (count == 0) names[count++] = is_unix ? "unix" : "tcp";
  if (url->scheme == POP3_URL_POP3S && !has_tls) names[count++] = encrypting_name(registry);
  if (opts.num_transports <= P3_LAYERS_MAX) {
    opts.transports = names;
    opts.num_transports = count;
  }
  opts.host = is_unix ? url->path : url->host;
  opts.port = url->port;
  if (url->user != NULL) opts.user = url->user;
  if (url->auth != NULL) opts.mechanism = url->auth;
  if (url->password.data != NULL) opts.password = (const char *)url->password.data;
  return pop3_session_new(out, registry, &opts, err);
}

// --- Looking at one

const pop3_error *pop3_session_error(const pop3_session *session) {
  return session->state == P3_SESSION_FAILED ? &session->error : NULL;
}

const pop3_reply *pop3_session_reply(const pop3_session *session) {
  return p3_engine_reply(session->engine);
}

const pop3_capabilities *pop3_session_capabilities(const pop3_session *session) {
  return pop3_engine_capabilities(session->engine);
}

const pop3_quirks *pop3_session_quirks(const pop3_session *session) {
  return pop3_engine_quirks(session->engine);
}

void *pop3_session_user_data(const pop3_session *session) { return session->user_data; }

void pop3_session_set_user_data(pop3_session *session, void *user_data) {
  session->user_data = user_data;
}

const pop3_engine *pop3_session_engine(const pop3_session *session) { return session->engine; }

pop3_status pop3_session_query(const pop3_session *session, uint32_t what, pop3_answer *out) {
  return p3_channel_query(&session->channel, what, out);
}

void pop3_set_debuglevel(pop3_session *session, uint32_t level) {
  session->debug_level = level > 2 ? 2 : level;
  pop3_engine_set_debug_level(session->engine, session->debug_level);
}
