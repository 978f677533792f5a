#include "core/session/settings.h"

#include <string.h>

#define LAYER "session"

// --- Time limits

pop3_status p3_settings_check_limits(const pop3_time_limits *limits, pop3_error *err) {
  const struct {
    int64_t ms;
    const char *name;
  } all[] = {{limits->connect_ms, "connect_ms"},
             {limits->idle_ms, "idle_ms"},
             {limits->login_ms, "login_ms"},
             {limits->total_ms, "total_ms"}};
  for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
    if (all[i].ms > 0 || all[i].ms == POP3_NO_TIMEOUT) continue;
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "%s is %lld: it must be positive, or POP3_NO_TIMEOUT for none",
                          all[i].name, (long long)all[i].ms);
  }
  return POP3_OK;
}

// --- Options

pop3_status p3_settings_find_transport(const pop3_transport_ops **out,
                                       const pop3_registry *registry, const pop3_option *option,
                                       pop3_error *err) {
  *out = NULL;
  const char *name = option != NULL && option->name != NULL ? option->name : "";
  const char *dot = strchr(name, '.');
  const pop3_transport_ops *ops;
  for (size_t i = 0; dot != NULL && (ops = pop3_registry_transport_at(registry, i)) != NULL; i++) {
    const size_t len = strlen(ops->name);
    if ((size_t)(dot - name) != len || memcmp(name, ops->name, len) != 0) continue;
    *out = ops;
    return POP3_OK;
  }
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                        "option \"%s\" does not begin with a transport of the registry", name);
}

static pop3_status copy_options(p3_settings *settings, const pop3_registry *registry,
                                const pop3_session_options *options, pop3_error *err) {
  for (size_t i = 0; i < options->num_options; i++) {
    const pop3_transport_ops *ops;
    const pop3_status status =
        p3_settings_find_transport(&ops, registry, &options->options[i], err);
    if (status != POP3_OK) return status;
    if (!p3_option_list_add(&settings->options, &options->options[i])) {
      return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a session");
    }
  }
  return POP3_OK;
}

pop3_status p3_settings_init(p3_settings *settings, const pop3_registry *registry,
                             const pop3_session_options *options, const pop3_allocator *allocator,
                             pop3_error *err) {
  p3_option_list_init(&settings->options, allocator);
  pop3_time_limits_init(&settings->time_limits, sizeof(settings->time_limits));
  settings->time_limits.connect_ms = options->connect_ms;
  settings->time_limits.idle_ms = options->idle_ms;
  settings->time_limits.login_ms = options->login_ms;
  settings->time_limits.total_ms = options->total_ms;
  pop3_status status = p3_settings_check_limits(&settings->time_limits, err);
  if (status == POP3_OK) status = copy_options(settings, registry, options, err);
  if (status != POP3_OK) p3_settings_cleanup(settings);
  return status;
}

void p3_settings_cleanup(p3_settings *settings) { p3_option_list_cleanup(&settings->options); }
