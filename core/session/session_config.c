#include "core/session/session_config.h"

#include <string.h>

#include "core/base/memory.h"
#include "core/codec/codec.h"
#include "core/registry/registry.h"

#define LAYER "session"

static pop3_status no_memory(pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a session");
}

static pop3_status check_options(const pop3_session_options *options, pop3_error *err) {
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

static pop3_status find_transports(p3_session_config *config, const pop3_registry *registry,
                                   const pop3_session_options *options, pop3_error *err) {
  if (options->num_transports > config->limits.max_layers) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "%zu transports on each other: %u are allowed (limit max_layers)",
                          options->num_transports, (unsigned)config->limits.max_layers);
  }
  for (size_t i = 0; i < options->num_transports; i++) {
    const char *name = options->transports[i];
    const pop3_transport_ops *ops = name != NULL ? pop3_registry_transport(registry, name) : NULL;
    if (ops == NULL) {
      return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0,
                            "transport \"%s\" is not in the registry of this program",
                            name != NULL ? name : "");
    }
    config->transports[config->num_transports++] = ops;
  }
  config->stls = p3_registry_encrypting(registry);
  return POP3_OK;
}

static pop3_status copy_text(const p3_session_config *config, char **out, const char *in,
                             pop3_error *err) {
  if (in == NULL) return POP3_OK;
  *out = p3_mem_strdup(&config->allocator, in, strlen(in));
  return *out != NULL ? POP3_OK : no_memory(err);
}

static pop3_status copy_secret(pop3_secret *out, const char *in, pop3_error *err) {
  if (in == NULL || pop3_secret_set(out, in, strlen(in))) return POP3_OK;
  return no_memory(err);
}

static pop3_status copy_strings(p3_session_config *config, const pop3_session_options *options,
                                pop3_error *err) {
  const char *host = options->host != NULL ? options->host : "";
  pop3_status status = copy_text(config, &config->host, host, err);
  if (status == POP3_OK) status = copy_text(config, &config->user, options->user, err);
  if (status == POP3_OK) status = copy_text(config, &config->authzid, options->authzid, err);
  if (status == POP3_OK) status = copy_text(config, &config->realm, options->realm, err);
  if (status == POP3_OK) status = copy_text(config, &config->mechanism, options->mechanism, err);
  if (status == POP3_OK) status = copy_secret(&config->password, options->password, err);
  if (status == POP3_OK) status = copy_secret(&config->token, options->token, err);
  return status;
}

// What is copied as it is, and what refers to the copies.
static void copy_plain(p3_session_config *config, const pop3_session_options *options) {
  config->port = options->port;
  config->tls = options->tls;
  config->debug_level = options->debug_level;
  config->hooks.trace = options->trace;
  config->hooks.trace_arg = options->trace_arg;
  config->hooks.audit = options->audit;
  config->hooks.audit_arg = options->audit_arg;
  config->hooks.clock_ms = options->clock_ms;
  config->hooks.clock_arg = options->clock_arg;
  p3_login_config *login = &config->login;
  login->source.given[POP3_CREDENTIAL_USER] = config->user;
  login->source.given[POP3_CREDENTIAL_PASSWORD] = (const char *)config->password.data;
  login->source.given[POP3_CREDENTIAL_AUTHZID] = config->authzid;
  login->source.given[POP3_CREDENTIAL_TOKEN] = (const char *)config->token.data;
  login->source.given[POP3_CREDENTIAL_REALM] = config->realm;
  login->source.ask = options->credential;
  login->source.ask_arg = options->credential_arg;
  login->source.kinds = options->credential_kinds;
  login->mechanism = config->mechanism;
  login->rules.floor = options->auth_floor;
  login->rules.channel_binding = options->channel_binding;
  login->allow_cleartext = options->allow_cleartext != 0;
  login->two_step = options->auth_two_step;
  login->host = config->host;
}

pop3_status p3_session_config_init(p3_session_config *config, const pop3_registry *registry,
                                   const pop3_session_options *options, pop3_error *err) {
  memset(config, 0, sizeof(*config));
  p3_allocator_resolve(&config->allocator, options->allocator);
  pop3_secret_init(&config->password, &config->allocator);
  pop3_secret_init(&config->token, &config->allocator);
  pop3_status status = check_options(options, err);
  if (status == POP3_OK) status = p3_limits_resolve(&config->limits, options->limits, err);
  if (status == POP3_OK) status = find_transports(config, registry, options, err);
  if (status == POP3_OK) status = copy_strings(config, options, err);
  if (status == POP3_OK) {
    copy_plain(config, options);
  } else {
    p3_session_config_cleanup(config);
  }
  return status;
}

void p3_session_config_cleanup(p3_session_config *config) {
  const pop3_allocator *allocator = &config->allocator;
  p3_mem_free(allocator, config->host);
  p3_mem_free(allocator, config->user);
  p3_mem_free(allocator, config->authzid);
  p3_mem_free(allocator, config->realm);
  p3_mem_free(allocator, config->mechanism);
  pop3_secret_cleanup(&config->password);
  pop3_secret_cleanup(&config->token);
  config->host = config->user = config->authzid = config->realm = config->mechanism = NULL;
}
