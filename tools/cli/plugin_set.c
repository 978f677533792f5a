#include "tools/cli/plugin_set.h"

#include <pop3/usual.h>
#include <string.h>

pop3_status cli_plugin_set_open(cli_plugin_set *set, const cli_options *options, pop3_error *err) {
  memset(set, 0, sizeof(*set));
  pop3_loader_options loader = POP3_LOADER_OPTIONS_INIT;
  loader.dirs = options->plugin_dirs;
  loader.num_dirs = (size_t)options->num_plugin_dirs;
  pop3_status status = pop3_registry_new(&set->registry, NULL, err);
  if (status == POP3_OK) status = pop3_registry_add_usual(set->registry, err);
  if (status == POP3_OK) status = pop3_loader_new(&set->loader, &loader, err);
  for (int i = 0; i < options->num_plugins && status == POP3_OK; ++i) {
    status = pop3_loader_load(set->loader, set->registry, options->plugins[i], err);
  }
  return status;
}

void cli_plugin_set_close(cli_plugin_set *set) {
  pop3_loader_free(set->loader);
  pop3_registry_free(set->registry);
  memset(set, 0, sizeof(*set));
}

const char *cli_plugin_set_path(const cli_plugin_set *set, const pop3_plugin *plugin) {
  const pop3_loaded *loaded;
  for (size_t i = 0; (loaded = pop3_loader_at(set->loader, i)) != NULL; ++i) {
    if (loaded->plugin == plugin) return loaded->path;
  }
  return NULL;
}
