// The plugins of this run: what is linked in, and what --plugin asks for.
#ifndef POP3_TOOLS_CLI_PLUGIN_SET_H_
#define POP3_TOOLS_CLI_PLUGIN_SET_H_

#include <pop3/loader.h>
#include <pop3/registry.h>

#include "tools/cli/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_plugin_set owns a registry and the loader that filled a part of it.
typedef struct cli_plugin_set {
  pop3_registry *registry;
  pop3_loader *loader;
} cli_plugin_set;

// cli_plugin_set_open adds what is linked in, then loads what |options| asks for. End |set| with
// cli_plugin_set_close in any case.
pop3_status cli_plugin_set_open(cli_plugin_set *set, const cli_options *options, pop3_error *err);

// cli_plugin_set_close frees both; no session may be left.
void cli_plugin_set_close(cli_plugin_set *set);

// cli_plugin_set_path returns the file that |plugin| was loaded from, NULL if it is linked in.
const char *cli_plugin_set_path(const cli_plugin_set *set, const pop3_plugin *plugin);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_PLUGIN_SET_H_
