// `pop3 plugins`: what this program is composed of.
#include <pop3/spi/auth.h>
#include <pop3/spi/transport.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/commands.h"
#include "tools/cli/json.h"
#include "tools/cli/output.h"
#include "tools/cli/plugin_set.h"

#define FLAGS_MAX 3

// feature is one thing that a plugin offers.
typedef struct feature {
  const char *kind;
  const char *name;
  const char *flags[FLAGS_MAX];
  size_t num_flags;
} feature;

static void add_flag(feature *f, uint32_t flags, uint32_t flag, const char *name) {
  if ((flags & flag) != 0) f->flags[f->num_flags++] = name;
}

static feature transport_feature(const pop3_transport_ops *ops) {
  feature f = {"transport", ops->name, {NULL}, 0};
  add_flag(&f, ops->flags, POP3_TRANSPORT_BOTTOM, "bottom");
  add_flag(&f, ops->flags, POP3_TRANSPORT_UPPER, "upper");
  add_flag(&f, ops->flags, POP3_TRANSPORT_ENCRYPTS, "encrypts");
  return f;
}

static feature auth_feature(const pop3_auth_ops *ops) {
  feature f = {"mechanism", ops->name, {NULL}, 0};
  add_flag(&f, ops->flags, POP3_AUTH_CLEARTEXT, "cleartext");
  add_flag(&f, ops->flags, POP3_AUTH_ONLY_IF_ASKED, "only-if-asked");
  add_flag(&f, ops->flags, POP3_AUTH_FAMILY, "family");
  return f;
}

// The |index|-th thing that a plugin offers; 0 if there are fewer.
static int feature_at(const pop3_plugin *plugin, size_t index, feature *out) {
  if (index < plugin->num_transports) {
    *out = transport_feature(plugin->transports[index]);
    return 1;
  }
  index -= plugin->num_transports;
  if (index >= plugin->num_auths) return 0;
  *out = auth_feature(plugin->auths[index]);
  return 1;
}

static const char *version_of(const pop3_plugin *plugin) {
  return plugin->version == NULL ? "" : plugin->version;
}

static void format_abi(char *out, size_t cap, uint32_t abi) {
  (void)snprintf(out, cap, "%u.%u", (unsigned)POP3_ABI_MAJOR(abi), (unsigned)(abi & 0xffff));
}

static void print_text(const pop3_plugin *plugin, const char *path) {
  char abi[24];
  format_abi(abi, sizeof(abi), plugin->abi);
  const char *version = version_of(plugin)[0] == '\0' ? "-" : version_of(plugin);
  feature f;
  for (size_t i = 0; feature_at(plugin, i, &f); ++i) {
    printf("%s %s %s %s %s ", plugin->name, version, abi, f.kind, f.name);
    for (size_t k = 0; k < f.num_flags; ++k) printf("%s%s", k == 0 ? "" : ",", f.flags[k]);
    printf("%s %s\n", f.num_flags == 0 ? "-" : "", path == NULL ? "-" : path);
  }
}

static void json_text(cli_json *json, const char *key, const char *text) {
  cli_json_key(json, key);
  if (text == NULL) {
    cli_json_null(json);
  } else {
    cli_json_string(json, text, strlen(text));
  }
}

static void print_json(cli_json *json, const pop3_plugin *plugin, const char *path) {
  char abi[24];
  format_abi(abi, sizeof(abi), plugin->abi);
  cli_json_open(json, '{');
  json_text(json, "name", plugin->name);
  json_text(json, "version", version_of(plugin));
  json_text(json, "abi", abi);
  json_text(json, "path", path);
  cli_json_key(json, "offers");
  cli_json_open(json, '[');
  feature f;
  for (size_t i = 0; feature_at(plugin, i, &f); ++i) {
    cli_json_open(json, '{');
    json_text(json, "kind", f.kind);
    json_text(json, "name", f.name);
    cli_json_key(json, "flags");
    cli_json_open(json, '[');
    for (size_t k = 0; k < f.num_flags; ++k) {
      cli_json_string(json, f.flags[k], strlen(f.flags[k]));
    }
    cli_json_close(json, ']');
    cli_json_close(json, '}');
  }
  cli_json_close(json, ']');
  cli_json_close(json, '}');
}

static void print_all(const cli_plugin_set *set, int as_json) {
  cli_json json;
  cli_json_init(&json, stdout);
  if (as_json) cli_json_open(&json, '[');
  const pop3_plugin *plugin;
  for (size_t i = 0; (plugin = pop3_registry_plugin_at(set->registry, i)) != NULL; ++i) {
    const char *path = cli_plugin_set_path(set, plugin);
    if (as_json) {
      print_json(&json, plugin, path);
    } else {
      print_text(plugin, path);
    }
  }
  if (as_json) {
    cli_json_close(&json, ']');
    cli_json_end(&json);
  }
}

int cli_plugins(const cli_options *options) {
  const cli_report report = {cli_command_name(options->command), 0, NULL};
  cli_plugin_set set;
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = cli_plugin_set_open(&set, options, &err);
  if (status == POP3_OK) {
    print_all(&set, options->json);
    status = cli_output_finish(0, &err);
  }
  const int code =
      status == POP3_OK ? CLI_EXIT_OK : cli_report_error(&report, NULL, CLI_STAGE_OTHER, &err);
  cli_plugin_set_close(&set);
  return code;
}
